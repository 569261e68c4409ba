/** Checks an entity before it is created or changed. */
import type { AttributeDefinitions, Attributes } from '../attribute.js'
import type { Link, LinkEnd } from '../entity.js'
import { type TypeId, termOf } from '../identifier.js'
import { CORE_ATTRIBUTES, CORE_MEMBERS } from '../infrastructure/core.js'
import type { Model } from '../model.js'
import { missingAttributes, unknownAttribute, valueProblems } from './attributes.js'
import { kindProblems, mixinProblems } from './categories.js'
import type { Problem } from './problem.js'
import { loadMatcher, type Matches } from './regex.js'

/** The entity to create. An Entity is accepted, and so is a subset of it. */
export interface Draft {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  readonly attributes?: Attributes
  readonly title?: string
  readonly summary?: string
  readonly id?: string
  readonly source?: LinkEnd
  readonly target?: LinkEnd
  /** Inline links; their source is the entity itself. */
  readonly links?: readonly (Pick<Link, 'kind'> & Partial<Pick<Link, 'mixins' | 'attributes' | 'target'>>)[]
}

/** The entity to update. */
export interface UpdateSubject {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  /** Its current attributes, if known. They may already include what a new mixin requires. */
  readonly attributes?: Attributes
}

/** The changes to check. */
export interface EntityChanges {
  readonly attributes?: Attributes
  /** Mixins to attach. */
  readonly mixins?: readonly TypeId[]
  readonly title?: string
  readonly summary?: string
}

/** Returns every problem of an entity to be created; empty when it fits the model. Sends nothing. */
export async function validateCreate(model: Model, draft: Draft): Promise<readonly Problem[]> {
  const mixins = draft.mixins ?? []
  const attributes = draft.attributes ?? NONE
  const definitions = model.attributesOf(draft.kind, mixins)
  const problems = [...kindProblems(model, draft.kind), ...mixinProblems(model, draft.kind, mixins)]
  // Attributes of an unknown kind cannot be checked: report one problem rather than all that follow from it.
  if (problems.some((problem) => problem.at === draft.kind)) return problems
  const matches = await loadMatcher(definitions.values())
  problems.push(...attributeProblems(model, draft.kind, definitions, attributes, matches))
  for (const name of attributes.keys()) {
    // "Immutable" only forbids later changes: rOCCI-server 2.0 accepts a mount point at creation.
    if (isState(name) && definitions.get(name)?.mutable === false) problems.push(immutable(name))
  }
  const given = (name: string) => attributes.has(name) || hasMember(draft, name)
  problems.push(...missingAttributes(definitions, given, nameInSentence(draft.kind)))
  for (const link of draft.links ?? []) {
    // The new machine has no location yet; the check only needs an end.
    const end = { location: '' }
    problems.push(...(await validateCreate(model, { ...link, source: end, target: link.target ?? end })))
  }
  return problems
}

/** Returns every problem of changes to an entity; empty when they fit the model. Sends nothing. */
export async function validateUpdate(
  model: Model,
  subject: UpdateSubject,
  changes: EntityChanges,
): Promise<readonly Problem[]> {
  const added = changes.mixins ?? []
  const attributes = changes.attributes ?? NONE
  const before = model.attributesOf(subject.kind, subject.mixins ?? [])
  const after = model.attributesOf(subject.kind, [...(subject.mixins ?? []), ...added])
  const matches = await loadMatcher(after.values())
  const problems = [
    ...mixinProblems(model, subject.kind, added),
    ...attributeProblems(model, subject.kind, after, attributes, matches),
  ]
  for (const name of attributes.keys()) {
    if (before.get(name)?.mutable === false || name === 'occi.core.id') problems.push(immutable(name))
  }
  const fresh = new Map([...after].filter(([name]) => !before.has(name)))
  const given = (name: string) => attributes.has(name) || (subject.attributes?.has(name) ?? false)
  problems.push(...missingAttributes(fresh, given, 'The added mixin'))
  return problems
}

const NONE: Attributes = new Map()

/** Problems with unknown names and wrong values. */
function attributeProblems(
  model: Model,
  kind: TypeId,
  definitions: AttributeDefinitions,
  attributes: Attributes,
  matches: Matches,
): readonly Problem[] {
  const problems: Problem[] = []
  const definesAttributes = hasAttributeDefinitions(model, kind)
  for (const [name, value] of attributes) {
    const definition = definitions.get(name)
    if (definition !== undefined) problems.push(...valueProblems(definition, value, matches))
    else if (definesAttributes && !CORE_ATTRIBUTES.has(name)) {
      problems.push(unknownAttribute(name, definitions.keys(), nameInSentence(kind)))
    }
  }
  return problems
}

/** False for ooi's text discovery, which lists no attributes; then unknown names are accepted. */
function hasAttributeDefinitions(model: Model, kind: TypeId): boolean {
  for (const name of model.attributesOf(kind).keys()) if (!CORE_ATTRIBUTES.has(name)) return true
  return false
}

/** States cannot be set: they result from actions. */
function isState(name: string): boolean {
  return name.endsWith('.state') || name.endsWith('.state.message')
}

function immutable(name: string): Problem {
  return {
    at: name,
    message: isState(name) ? `${name} is set by the provider.` : `${name} cannot be changed after creation.`,
    hint: isState(name) ? 'Trigger an action to change the state.' : 'Omit it.',
  }
}

function hasMember(draft: Draft, name: string): boolean {
  const member = CORE_MEMBERS.get(name)
  return member !== undefined && draft[member] !== undefined
}

function nameInSentence(kind: TypeId): string {
  const term = termOf(kind)
  return term.charAt(0).toUpperCase() + term.slice(1)
}
