/** Helpers to define OCCI categories as data. */
import type { AttributeDefinition, AttributeDefinitions, AttributeValue } from '../attribute.js'
import type { Action, Kind, Mixin } from '../category.js'
import { type TypeId, typeId } from '../identifier.js'

/** 1.1 is GFD.184 (2011), 1.2 is GFD.224 (2016). */
export type OcciVersion = '1.1' | '1.2'

interface Common {
  readonly scheme: string
  readonly term: string
  readonly title: string
  readonly attributes?: readonly AttributeDefinition[]
}

export function defineKind(
  it: Common & { readonly parent?: TypeId; readonly actions?: readonly TypeId[]; readonly location?: string },
): Kind {
  return {
    class: 'kind',
    ...commonMembers(it),
    actions: it.actions ?? [],
    ...(it.parent !== undefined && { parent: it.parent }),
    ...(it.location !== undefined && { location: it.location }),
  }
}

export function defineMixin(
  it: Common & {
    readonly depends?: readonly TypeId[]
    readonly applies?: readonly TypeId[]
    readonly actions?: readonly TypeId[]
    readonly location?: string
  },
): Mixin {
  return {
    class: 'mixin',
    ...commonMembers(it),
    depends: it.depends ?? [],
    applies: it.applies ?? [],
    actions: it.actions ?? [],
    ...(it.location !== undefined && { location: it.location }),
  }
}

export function defineAction(it: Common): Action {
  return { class: 'action', ...commonMembers(it) }
}

type Details = Partial<Omit<AttributeDefinition, 'name' | 'type' | 'description'>>

export function string(name: string, description: string, details: Details = {}): AttributeDefinition {
  return { name, type: 'string', mutable: true, required: false, description, ...details }
}

export function number(name: string, description: string, details: Details = {}): AttributeDefinition {
  return { name, type: 'number', mutable: true, required: false, description, ...details }
}

export function oneOf(...values: readonly string[]): Pick<AttributeDefinition, 'pattern'> {
  return schema({ enum: values })
}

export function schema(it: { readonly [key: string]: AttributeValue }): Pick<AttributeDefinition, 'pattern'> {
  return { pattern: { form: 'schema', schema: it } }
}

/** Managed by the server; clients cannot set it (GFD.221 §4.4). */
export const IMMUTABLE: Details = { mutable: false }

export function ids(scheme: string, terms: readonly string[]): readonly TypeId[] {
  return terms.map((term) => typeId(scheme, term))
}

function commonMembers(it: Common) {
  const attributes: AttributeDefinitions = new Map(
    (it.attributes ?? []).map((definition) => [definition.name, definition]),
  )
  return { scheme: it.scheme, term: it.term, id: typeId(it.scheme, it.term), title: it.title, attributes }
}
