/**
 * Finds the candidates for a question of a completion script in caches and the user's files. Sends no request itself,
 * though a source may (see `seen`), and shows no prompt. If nothing is cached, there are no candidates.
 */

import { groupOfAll } from '../../config/index.js'
import type { Aliases, AliasFamily } from '../../config/types.js'
import {
  allStates,
  type Category,
  type Kind,
  Model,
  readableName,
  statesOfKinds,
  termOf,
} from '../../model/index.js'
import type { SeenEntity } from '../runtime/completion-memory.js'
import { nounShortcuts } from '../shortcuts.js'

export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** The sources of candidates. */
export interface CompletionSources {
  /** The cached model of the provider that the command line refers to. */
  readonly categories: () => Promise<readonly Category[]>
  /**
   * Recently listed or described entities, of one kind (by its term) or of all kinds. If there are none of the kind,
   * may send a request (complete.ts).
   */
  readonly seen: (kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** Like `seen`, for the provider of a context. */
  readonly seenAt: (context: string, kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** The contexts that the command line names, if it names several; else empty. */
  readonly namedContexts: () => Promise<readonly string[]>
  readonly contexts: () => Promise<readonly string[]>
  readonly groups: () => Promise<readonly string[]>
  /** The word that is being typed. */
  readonly typed: string
  /** The words before `typed`, from the noun on, without options. */
  readonly precedingWords: readonly string[]
  /** The aliases of the context that the command line refers to. */
  readonly aliases: () => Promise<Aliases>
  readonly commands: () => Promise<readonly Candidate[]>
}

/**
 * Returns the candidates for a question, which consists of a name and details: `mixin os_tpl`, `entity compute start`.
 * An unknown question has none.
 */
export async function answer(
  question: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const [name = '', detail, action] = question
  const answerer = Object.hasOwn(answerers, name) ? answerers[name] : undefined
  return answerer === undefined ? [] : unique(await answerer(sources, detail, action))
}

type Answerer = (
  sources: CompletionSources,
  detail: string | undefined,
  action: string | undefined,
) => Promise<readonly Candidate[]>

/** The functions that answer questions, by the name of the question. */
const answerers: Readonly<Record<string, Answerer>> = {
  noun: async (sources) => {
    const model = new Model(await sources.categories())
    return model.kinds.filter(({ id }) => !isCore(id)).map(categoryCandidate)
  },
  verb: async (sources, noun = '') => {
    const actions = await actionsOf(sources, noun)
    return [...commonVerbs, ...actions]
  },
  kind: async (sources) => new Model(await sources.categories()).kinds.map(categoryCandidate),
  category: async (sources) => (await sources.categories()).map(categoryCandidate),
  explainable: async (sources) => [
    ...(await aliasCandidates(sources, 'os', 'size')),
    ...(await sources.categories()).map(categoryCandidate),
    ...(await attributesAfterDot(sources)),
  ],
  mixin: async (sources, of) => {
    const model = new Model(await sources.categories())
    if (of !== 'os_tpl' && of !== 'resource_tpl') return model.mixins.map(mixinCandidate)
    return [
      ...(await aliasCandidates(sources, of === 'os_tpl' ? 'os' : 'size')),
      ...model.templates(of).map(mixinCandidate),
    ]
  },
  action: async (sources, kind = '') => actionsOf(sources, kind),
  attribute: async (sources, kind = '') => {
    const model = new Model(await sources.categories())
    const definition = kindOf(model, kind)
    const attributes = definition === undefined ? undefined : model.attributesOf(definition.id, [])
    return [...(attributes?.values() ?? [])]
      .filter((definition) => definition.mutable)
      .map(({ name, description }) => ({ value: `${name}=`, ...withDescription(description) }))
  },
  state: async (_sources, kind) => statesOfKind(kind).map((value) => ({ value })),
  condition: conditions,
  columns: async (sources) => {
    const noun = nounOf(sources)
    const attributes = await attributesOfKind(sources, noun)
    const short = Object.hasOwn(shortColumns, noun) ? shortColumns[noun] : undefined
    const names = [...commonColumns, ...(short ?? [])].map((value): Candidate => ({ value }))
    return afterLastComma(sources, [
      ...names,
      ...attributes.map(({ name, description }) => ({ value: name, ...withDescription(description) })),
    ])
  },
  entity: async (sources, kind, action) => {
    // For `-`, the action is an argument, after noun and verb: `compute trigger start NAME`.
    const actionTerm = action === '-' ? sources.precedingWords[2] : action
    return [
      ...entityCandidates(entitiesOffering(actionTerm, await sources.seen(kind))),
      ...(await candidatesAtContexts(sources, kind)),
    ]
  },
  network: async (sources) => [
    ...(await aliasCandidates(sources, 'network')),
    ...entityCandidates(await sources.seen('network')),
  ],
  context: async (sources) => (await sources.contexts()).map((value) => ({ value })),
  group: async (sources) => (await sources.groups()).map((value) => ({ value })),
  sites: async (sources) => {
    const [contexts, groups] = await Promise.all([sources.contexts(), sources.groups()])
    return afterLastComma(
      sources,
      [...contexts, ...[groupOfAll, ...groups].map((name) => `@${name}`)].map((value) => ({ value })),
    )
  },
  command: async (sources) => sources.commands(),
}

/** The verbs that every kind has besides its actions. */
const commonVerbs: readonly Candidate[] = ['list', 'create', 'describe', 'update', 'delete', 'wait'].map(
  (value) => ({ value }),
)

/** The states of the kind with this term. All known states if the kind may have any, and without a kind. */
function statesOfKind(kind: string | undefined): readonly string[] {
  return (kind === undefined ? undefined : statesOfKinds.get(kind)) ?? allStates()
}

/** The columns of every entity. */
export const commonColumns = ['name', 'id', 'state', 'ips', 'mixins', 'url', 'kind', 'summary']
/** Further columns, by the term of the kind: short names of attributes. */
export const shortColumns: Readonly<Record<string, readonly string[]>> = {
  compute: ['image', 'size', 'cores', 'memory', 'arch', 'hostname'],
  network: ['address', 'vlan', 'label', 'gateway'],
  storage: ['size'],
}

/** The names that --where accepts for every entity, in addition to its attributes. */
export const conditionNames = ['name', 'state', 'title', 'summary', 'id', 'ip', 'image', 'size', 'mixin']

/** Candidates for a condition of --where: names with an operator (`state=`), after the operator known values. */
async function conditions(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  const [, name = '', sign = ''] = /^([^=!<>]*)(!?=)/.exec(sources.typed) ?? []
  if (sign !== '')
    return (await valuesForCondition(sources, name, kind)).map((value) => ({ value: name + sign + value }))
  const attributes = await attributesOfKind(sources, kind ?? '')
  return [
    ...conditionNames.map((value) => ({ value: `${value}=` })),
    ...attributes.map(({ short, description }) => ({ value: `${short}=`, ...withDescription(description) })),
  ]
}

async function valuesForCondition(
  sources: CompletionSources,
  name: string,
  kind: string | undefined,
): Promise<readonly string[]> {
  switch (name) {
    case 'state':
      return statesOfKind(kind)
    case 'name':
    case 'title':
      return (await sources.seen(kind)).flatMap(({ title }) => title ?? [])
    case 'image':
    case 'size': {
      const model = new Model(await sources.categories())
      return model.templates(name === 'image' ? 'os_tpl' : 'resource_tpl').map(({ term }) => term)
    }
    default:
      return []
  }
}

interface KnownAttribute {
  readonly name: string
  /** The last part of the name, which commands accept: `cores`. */
  readonly short: string
  readonly description: string | undefined
}

async function attributesOfKind(
  sources: CompletionSources,
  kind: string,
): Promise<readonly KnownAttribute[]> {
  const model = new Model(await sources.categories())
  const definition = kindOf(model, kind)
  if (definition === undefined) return []
  return [...model.attributesOf(definition.id, []).values()].map(({ name, description }) => ({
    name,
    short: name.slice(name.lastIndexOf('.') + 1),
    description,
  }))
}

/** The attributes of the kind after `explain compute.`. */
async function attributesAfterDot(sources: CompletionSources): Promise<readonly Candidate[]> {
  const { typed } = sources
  const dot = typed.indexOf('.')
  if (dot <= 0) return []
  const kind = typed.slice(0, dot)
  return (await attributesOfKind(sources, kind)).map(({ short, name, description }) => ({
    value: `${kind}.${short}`,
    ...withDescription(description ?? name),
  }))
}

/** The noun of the command line. Expands a shortcut: `vm` is `compute`. */
function nounOf({ precedingWords: [word = ''] }: CompletionSources): string {
  return (Object.hasOwn(nounShortcuts, word) ? nounShortcuts[word] : undefined) ?? word
}

/** Completes a list: puts after the last comma each candidate that the list does not contain yet. */
function afterLastComma(
  { typed }: CompletionSources,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const listed = typed.split(',').slice(0, -1)
  return candidates
    .filter(({ value }) => !listed.includes(value))
    .map((candidate) => ({ ...candidate, value: [...listed, candidate.value].join(',') }))
}

/** The state to which each action leads. In this state, providers do not offer the action. */
const targetStates: Readonly<Record<string, string>> = {
  start: 'active',
  stop: 'inactive',
  suspend: 'suspended',
  up: 'active',
  down: 'inactive',
  online: 'online',
  offline: 'offline',
}

/**
 * The entities that offered the action when they were last seen. If there are none, returns all entities, since
 * their states may have changed.
 */
function entitiesOffering(
  action: string | undefined,
  entities: readonly SeenEntity[],
): readonly SeenEntity[] {
  if (action === undefined) return entities
  const targetState = Object.hasOwn(targetStates, action) ? targetStates[action] : undefined
  const offering = entities.filter(({ state, actions }) =>
    actions === undefined ? state === undefined || state !== targetState : actions.includes(action),
  )
  return offering.length === 0 ? entities : offering
}

/**
 * The entities at several contexts, as `web@cesnet`: at the contexts that the command line names, or, once an @ is
 * typed, at all contexts.
 */
async function candidatesAtContexts(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  const { typed } = sources
  const namedContexts = await sources.namedContexts()
  const typedContext = typed.includes('@') ? typed.slice(typed.lastIndexOf('@') + 1) : undefined
  const possibleContexts =
    namedContexts.length > 0 || typedContext === undefined ? namedContexts : await sources.contexts()
  const contexts = possibleContexts.filter((context) => context.startsWith(typedContext ?? ''))
  const candidates = await Promise.all(
    contexts.map(async (context) =>
      entityCandidates(await sources.seenAt(context, kind)).map((candidate) => ({
        ...candidate,
        value: `${candidate.value}@${context}`,
      })),
    ),
  )
  return candidates.flat()
}

function entityCandidates(entities: readonly SeenEntity[]): readonly Candidate[] {
  return entities.flatMap(({ name, title, state }) => [
    ...(title === undefined || title === '' ? [] : [{ value: title, ...withDescription(state ?? name) }]),
    { value: name, ...withDescription([title, state].filter(Boolean).join(', ')) },
  ])
}

async function aliasCandidates(
  sources: CompletionSources,
  ...families: readonly AliasFamily[]
): Promise<readonly Candidate[]> {
  const aliases = await sources.aliases()
  return families.flatMap((family) =>
    Object.entries(aliases[family] ?? {}).map(([value, target]) => ({
      value,
      description: `alias of ${target}`,
    })),
  )
}

async function actionsOf(sources: CompletionSources, noun: string): Promise<readonly Candidate[]> {
  const model = new Model(await sources.categories())
  const kind = kindOf(model, noun)
  if (kind === undefined) return []
  return model
    .actionsOf(kind.id)
    .map((id) => ({ value: termOf(id), ...withDescription(model.action(id)?.title) }))
}

/** Finds a kind by its term, as in questions, or by its identifier. */
function kindOf(model: Model, name: string): Kind | undefined {
  return model.kinds.find(({ id, term }) => id === name || term === name)
}

function isCore(id: string): boolean {
  return id.startsWith('http://schemas.ogf.org/occi/core#')
}

function categoryCandidate(category: Category): Candidate {
  return { value: category.term, ...withDescription(category.title) }
}

function mixinCandidate(category: Category): Candidate {
  const value = readableName(category)
  return { value, ...withDescription(value === category.term ? category.title : category.term) }
}

function withDescription(text: string | undefined): { readonly description?: string } {
  return text === undefined || text === '' ? {} : { description: text }
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const candidatesByValue = new Map<string, Candidate>()
  for (const candidate of candidates)
    if (!candidatesByValue.has(candidate.value)) candidatesByValue.set(candidate.value, candidate)
  return [...candidatesByValue.values()]
}
