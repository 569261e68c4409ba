/** Functions that define categories and their attributes. */
import type { AttributeDefinition, AttributeDefinitions, AttributeValue } from '../attribute.js'
import type { Action, Kind, Mixin } from '../category.js'
import { type TypeId, typeId } from '../identifier.js'

/** A version of OCCI Infrastructure: 1.1 is GFD.184 (2011), 1.2 is GFD.224 (2016). */
export type OcciVersion = '1.1' | '1.2'

/** The members of every category. */
interface CategoryFields {
  readonly scheme: string
  readonly term: string
  readonly title: string
  readonly attributes?: readonly AttributeDefinition[]
}

export function defineKind(
  fields: CategoryFields & {
    readonly parent?: TypeId
    readonly actions?: readonly TypeId[]
    readonly location?: string
  },
): Kind {
  return {
    class: 'kind',
    ...commonMembers(fields),
    actions: fields.actions ?? [],
    ...(fields.parent !== undefined && { parent: fields.parent }),
    ...(fields.location !== undefined && { location: fields.location }),
  }
}

export function defineMixin(
  fields: CategoryFields & {
    readonly depends?: readonly TypeId[]
    readonly applies?: readonly TypeId[]
    readonly actions?: readonly TypeId[]
    readonly location?: string
  },
): Mixin {
  return {
    class: 'mixin',
    ...commonMembers(fields),
    depends: fields.depends ?? [],
    applies: fields.applies ?? [],
    actions: fields.actions ?? [],
    ...(fields.location !== undefined && { location: fields.location }),
  }
}

export function defineAction(fields: CategoryFields): Action {
  return { class: 'action', ...commonMembers(fields) }
}

/** The members of an attribute definition that may be omitted. */
type Details = Partial<Omit<AttributeDefinition, 'name' | 'type' | 'description'>>

/** Defines a string attribute, mutable and not required unless `details` says otherwise. */
export function stringAttribute(
  name: string,
  description: string,
  details: Details = {},
): AttributeDefinition {
  return { name, type: 'string', mutable: true, required: false, description, ...details }
}

/** Defines a numeric attribute, mutable and not required unless `details` says otherwise. */
export function numberAttribute(
  name: string,
  description: string,
  details: Details = {},
): AttributeDefinition {
  return { name, type: 'number', mutable: true, required: false, description, ...details }
}

/** Returns the pattern of an attribute that has one of several values. */
export function oneOf(...values: readonly string[]): Pick<AttributeDefinition, 'pattern'> {
  return schema({ enum: values })
}

/** Returns a pattern with these keywords of JSON Schema. */
export function schema(keywords: {
  readonly [key: string]: AttributeValue
}): Pick<AttributeDefinition, 'pattern'> {
  return { pattern: { form: 'schema', schema: keywords } }
}

/** Details of an attribute that the server manages and clients cannot set (GFD.221 §4.4). */
export const IMMUTABLE: Details = { mutable: false }

/** Defines the attributes for the state of a kind with this term. OCCI 1.1 has no state message. */
export function stateAttributes(
  term: string,
  states: readonly string[],
  version: OcciVersion,
): readonly AttributeDefinition[] {
  const state = stringAttribute(`occi.${term}.state`, 'State', { ...IMMUTABLE, ...oneOf(...states) })
  const message = stringAttribute(`occi.${term}.state.message`, 'Why it is in its state', IMMUTABLE)
  return version === '1.1' ? [state] : [state, message]
}

/** Returns the identifiers of several terms of a scheme. */
export function typeIds(scheme: string, terms: readonly string[]): readonly TypeId[] {
  return terms.map((term) => typeId(scheme, term))
}

function commonMembers(fields: CategoryFields) {
  const attributes: AttributeDefinitions = new Map(
    (fields.attributes ?? []).map((definition) => [definition.name, definition]),
  )
  return {
    scheme: fields.scheme,
    term: fields.term,
    id: typeId(fields.scheme, fields.term),
    title: fields.title,
    attributes,
  }
}
