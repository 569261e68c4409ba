/** Checks an entity before it is created or changed. */
import type { AttributeDefinitions, Attributes } from '../attribute.js'
import type { Link, LinkEnd } from '../entity.js'
import { type TypeId, termOf } from '../identifier.js'
import { CORE_ATTRIBUTES, CORE_MEMBERS } from '../infrastructure/core.js'
import type { Model } from '../model.js'
import { missingAttributeProblems, unknownAttributeProblem, valueProblems } from './attributes.js'
import { kindProblems, mixinProblems } from './categories.js'
import type { Problem } from './problem.js'
import { loadMatcher, type RegexMatcher } from './regex.js'

/** The entity to create. An Entity is accepted as well. */
export interface Draft {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  readonly attributes?: Attributes
  readonly title?: string
  readonly summary?: string
  readonly id?: string
  readonly source?: LinkEnd
  readonly target?: LinkEnd
  /** Links that are created together with the entity, which is their source. */
  readonly links?: readonly (Pick<Link, 'kind'> & Partial<Pick<Link, 'mixins' | 'attributes' | 'target'>>)[]
}

/** The entity to update. */
export interface UpdateSubject {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  /** The current attributes, if they are known. They may already include attributes that a new mixin requires. */
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

/** Returns all problems of an entity to create: an empty list if it fits the model. Sends nothing. */
export async function validateCreate(model: Model, draft: Draft): Promise<readonly Problem[]> {
  const mixins = draft.mixins ?? []
  const attributes = draft.attributes ?? NO_ATTRIBUTES
  const definitions = model.attributesOf(draft.kind, mixins)
  const problems = [...kindProblems(model, draft.kind), ...mixinProblems(model, draft.kind, mixins)]
  // The attributes of an unknown kind cannot be checked. Each of them would be reported as unknown.
  if (problems.some((problem) => problem.at === draft.kind)) return problems
  const matchesRegex = await loadMatcher(definitions.values())
  problems.push(...attributeProblems(model, draft.kind, definitions, attributes, matchesRegex))
  for (const name of attributes.keys()) {
    // Other immutable attributes may be given at creation: rOCCI-server 2.0 accepts a mount point.
    if (isState(name) && definitions.get(name)?.mutable === false) problems.push(immutableProblem(name))
  }
  const isGiven = (name: string) => attributes.has(name) || hasMember(draft, name)
  problems.push(...missingAttributeProblems(definitions, isGiven, nameAtStartOfSentence(draft.kind)))
  for (const link of draft.links ?? []) {
    // The source of the link does not exist yet, but the link needs one to be valid.
    const placeholder = { location: '' }
    const linkDraft = { ...link, source: placeholder, target: link.target ?? placeholder }
    problems.push(...(await validateCreate(model, linkDraft)))
  }
  return problems
}

/** Returns all problems of changes to an entity: an empty list if they fit the model. Sends nothing. */
export async function validateUpdate(
  model: Model,
  subject: UpdateSubject,
  changes: EntityChanges,
): Promise<readonly Problem[]> {
  const addedMixins = changes.mixins ?? []
  const attributes = changes.attributes ?? NO_ATTRIBUTES
  const before = model.attributesOf(subject.kind, subject.mixins ?? [])
  const after = model.attributesOf(subject.kind, [...(subject.mixins ?? []), ...addedMixins])
  const matchesRegex = await loadMatcher(after.values())
  const problems = [
    ...mixinProblems(model, subject.kind, addedMixins),
    ...attributeProblems(model, subject.kind, after, attributes, matchesRegex),
  ]
  for (const name of attributes.keys()) {
    if (before.get(name)?.mutable === false || name === 'occi.core.id') problems.push(immutableProblem(name))
  }
  const addedDefinitions = new Map([...after].filter(([name]) => !before.has(name)))
  const isGiven = (name: string) => attributes.has(name) || (subject.attributes?.has(name) ?? false)
  problems.push(...missingAttributeProblems(addedDefinitions, isGiven, 'The added mixin'))
  return problems
}

const NO_ATTRIBUTES: Attributes = new Map()

/** Returns the problems of attributes with unknown names or invalid values. */
function attributeProblems(
  model: Model,
  kind: TypeId,
  definitions: AttributeDefinitions,
  attributes: Attributes,
  matchesRegex: RegexMatcher,
): readonly Problem[] {
  const problems: Problem[] = []
  const modelDefinesAttributes = definesAttributes(model, kind)
  for (const [name, value] of attributes) {
    const definition = definitions.get(name)
    if (definition !== undefined) problems.push(...valueProblems(definition, value, matchesRegex))
    else if (modelDefinesAttributes && !CORE_ATTRIBUTES.has(name)) {
      problems.push(unknownAttributeProblem(name, definitions.keys(), nameAtStartOfSentence(kind)))
    }
  }
  return problems
}

/**
 * Whether the model defines the attributes of a kind. ooi's text discovery lists none (ooi-12); then unknown names are
 * accepted.
 */
function definesAttributes(model: Model, kind: TypeId): boolean {
  for (const name of model.attributesOf(kind).keys()) if (!CORE_ATTRIBUTES.has(name)) return true
  return false
}

/** Whether an attribute is a state or its message, which cannot be set because they result from actions. */
function isState(name: string): boolean {
  return name.endsWith('.state') || name.endsWith('.state.message')
}

/** Returns the problem of an attribute that a client cannot set. */
function immutableProblem(name: string): Problem {
  return {
    at: name,
    message: isState(name) ? `${name} is set by the provider.` : `${name} cannot be changed after creation.`,
    hint: isState(name) ? 'Trigger an action to change the state.' : 'Omit it.',
  }
}

/** Whether a core attribute is given as a member of the draft. */
function hasMember(draft: Draft, name: string): boolean {
  const member = CORE_MEMBERS.get(name)
  return member !== undefined && draft[member] !== undefined
}

/** Returns the term of a kind with a capital letter. */
function nameAtStartOfSentence(kind: TypeId): string {
  const term = termOf(kind)
  return term.charAt(0).toUpperCase() + term.slice(1)
}
