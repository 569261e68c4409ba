/**
 * Answers `occi __complete QUESTION -- WORDS` with values from the caches and the user's files. Sends no
 * request and shows no prompt; if nothing is cached, the answer is empty.
 */

import { everyContext } from '../../config/index.js'
import type { Aliases, AliasFamily } from '../../config/types.js'
import { type Category, type Kind, Model, readableName, termOf } from '../../model/index.js'
import type { SeenEntity } from '../runtime/completion-memory.js'
import { nounShortcuts } from '../shortcuts.js'

export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** The sources of values; all of them are local. */
export interface CompletionSources {
  /** The cached model of the provider that the command line refers to. */
  readonly categories: () => Promise<readonly Category[]>
  /** Recently listed or described entities, of one kind (by its term) or of all. */
  readonly seen: (kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** Like `seen`, for the provider of a context. */
  readonly seenAt: (context: string, kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** The contexts that the command line names, if there are several; else empty. */
  readonly namedContexts: () => Promise<readonly string[]>
  readonly contexts: () => Promise<readonly string[]>
  readonly groups: () => Promise<readonly string[]>
  /** The word that is being typed. */
  readonly typed: string
  /** The words before it that are no options, from the noun on. */
  readonly before: readonly string[]
  /** The aliases of the context that the command line refers to. */
  readonly aliases: () => Promise<Aliases>
  readonly commands: () => Promise<readonly Candidate[]>
}

/**
 * `question` is a name and what it is about: `mixin os_tpl`, `entity compute start`. Unknown questions yield no
 * answer.
 */
export async function answer(
  question: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const [name = '', detail, action] = question
  const ask = Object.hasOwn(questions, name) ? questions[name] : undefined
  return ask === undefined ? [] : unique(await ask(sources, detail, action))
}

type Question = (
  sources: CompletionSources,
  detail: string | undefined,
  action: string | undefined,
) => Promise<readonly Candidate[]>

const questions: Readonly<Record<string, Question>> = {
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
    const found = kindOf(model, kind)
    const attributes = found === undefined ? undefined : model.attributesOf(found.id, [])
    return [...(attributes?.values() ?? [])]
      .filter((definition) => definition.mutable)
      .map(({ name, description }) => ({ value: `${name}=`, ...says(description) }))
  },
  state: async () => states.map((value) => ({ value })),
  condition: conditions,
  columns: async (sources) => {
    const noun = nounOf(sources)
    const attributes = await attributesOfKind(sources, noun)
    const own = Object.hasOwn(shortColumns, noun) ? shortColumns[noun] : undefined
    const names = [...memberColumns, ...(own ?? [])].map((value): Candidate => ({ value }))
    return afterCommas(sources, [
      ...names,
      ...attributes.map(({ name, says: text }) => ({ value: name, ...says(text) })),
    ])
  },
  entity: async (sources, kind, action) => [
    ...entityCandidates(offering(await sources.seen(kind), action === '-' ? sources.before[2] : action)),
    ...(await seenAtContextsCandidates(sources, kind)),
  ],
  network: async (sources) => [
    ...(await aliasCandidates(sources, 'network')),
    ...(await seenCandidates(sources, 'network')),
  ],
  context: async (sources) => (await sources.contexts()).map((value) => ({ value })),
  group: async (sources) => (await sources.groups()).map((value) => ({ value })),
  sites: async (sources) => {
    const [contexts, groups] = await Promise.all([sources.contexts(), sources.groups()])
    return afterCommas(
      sources,
      [...contexts, ...[everyContext, ...groups].map((name) => `@${name}`)].map((value) => ({ value })),
    )
  },
  command: async (sources) => sources.commands(),
}

/** The verbs of every kind; actions come from the model. */
const commonVerbs: readonly Candidate[] = ['list', 'create', 'describe', 'update', 'delete', 'wait'].map(
  (value) => ({ value }),
)

const states = ['active', 'inactive', 'suspended', 'error', 'online', 'offline']

/** What --columns knows of every entity, and by kind under a shorter name than the attribute's. */
export const memberColumns = ['name', 'id', 'state', 'ips', 'mixins', 'url', 'kind', 'summary']
export const shortColumns: Readonly<Record<string, readonly string[]>> = {
  compute: ['image', 'size', 'cores', 'memory', 'arch', 'hostname'],
  network: ['address', 'vlan', 'label', 'gateway'],
  storage: ['size'],
}

/** What --where knows of every entity, besides its attributes. */
export const conditionNames = ['name', 'state', 'title', 'summary', 'id', 'ip', 'image', 'size', 'mixin']

/** `state=`, `cores=`, and after the sign the values that are known. */
async function conditions(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  const [, name = '', sign = ''] = /^([^=!<>]*)(!?=)/.exec(sources.typed) ?? []
  if (sign !== '')
    return (await valuesOf(sources, name, kind)).map((value) => ({ value: name + sign + value }))
  const attributes = await attributesOfKind(sources, kind ?? '')
  return [
    ...conditionNames.map((value) => ({ value: `${value}=` })),
    ...attributes.map(({ short, says: text }) => ({ value: `${short}=`, ...says(text) })),
  ]
}

async function valuesOf(
  sources: CompletionSources,
  name: string,
  kind: string | undefined,
): Promise<readonly string[]> {
  switch (name) {
    case 'state':
      return states
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
  /** The end of the name, which stands for it. */
  readonly short: string
  readonly says: string | undefined
}

async function attributesOfKind(
  sources: CompletionSources,
  kind: string,
): Promise<readonly KnownAttribute[]> {
  const model = new Model(await sources.categories())
  const found = kindOf(model, kind)
  if (found === undefined) return []
  return [...model.attributesOf(found.id, []).values()].map(({ name, description }) => ({
    name,
    short: name.slice(name.lastIndexOf('.') + 1),
    says: description,
  }))
}

/** `explain compute.` goes on with the attributes of the kind. */
async function attributesAfterDot(sources: CompletionSources): Promise<readonly Candidate[]> {
  const { typed } = sources
  const dot = typed.indexOf('.')
  if (dot <= 0) return []
  const kind = typed.slice(0, dot)
  return (await attributesOfKind(sources, kind)).map(({ short, name, says: text }) => ({
    value: `${kind}.${short}`,
    ...says(text ?? name),
  }))
}

/** The noun of the command line, by its name here. */
function nounOf({ before: [word = ''] }: CompletionSources): string {
  return (Object.hasOwn(nounShortcuts, word) ? nounShortcuts[word] : undefined) ?? word
}

/** Goes on after the last comma with what has not been named. */
function afterCommas({ typed }: CompletionSources, candidates: readonly Candidate[]): readonly Candidate[] {
  const before = typed.split(',').slice(0, -1)
  return candidates
    .filter(({ value }) => !before.includes(value))
    .map((candidate) => ({ ...candidate, value: [...before, candidate.value].join(',') }))
}

/** The state that an action leads to, in which a provider does not offer it. */
const stateAfter: Readonly<Record<string, string>> = {
  start: 'active',
  stop: 'inactive',
  suspend: 'suspended',
  up: 'active',
  down: 'inactive',
  online: 'online',
  offline: 'offline',
}

/**
 * The entities that offered the action when they were last seen; all of them where none did, since their states
 * may have changed.
 */
function offering(things: readonly SeenEntity[], action: string | undefined): readonly SeenEntity[] {
  if (action === undefined) return things
  const after = Object.hasOwn(stateAfter, action) ? stateAfter[action] : undefined
  const fitting = things.filter(({ state, actions }) =>
    actions === undefined ? state === undefined || state !== after : actions.includes(action),
  )
  return fitting.length === 0 ? things : fitting
}

async function seenCandidates(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  return entityCandidates(await sources.seen(kind))
}

/** `web@cesnet`: entities of the contexts that the command line names, or of all contexts once an @ is typed. */
async function seenAtContextsCandidates(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  const { typed } = sources
  const several = await sources.namedContexts()
  const typedAt = typed.includes('@') ? typed.slice(typed.lastIndexOf('@') + 1) : undefined
  const all = several.length > 0 || typedAt === undefined ? several : await sources.contexts()
  const contexts = all.filter((context) => context.startsWith(typedAt ?? ''))
  const found = await Promise.all(
    contexts.map(async (context) =>
      entityCandidates(await sources.seenAt(context, kind)).map((one) => ({
        ...one,
        value: `${one.value}@${context}`,
      })),
    ),
  )
  return found.flat()
}

function entityCandidates(entities: readonly SeenEntity[]): readonly Candidate[] {
  return entities.flatMap(({ name, title, state }) => [
    ...(title === undefined || title === '' ? [] : [{ value: title, ...says(state ?? name) }]),
    { value: name, ...says([title, state].filter(Boolean).join(', ')) },
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
  return model.actionsOf(kind.id).map((id) => ({ value: termOf(id), ...says(model.action(id)?.title) }))
}

/** Finds a kind by its term, as questions name kinds. */
function kindOf(model: Model, word: string): Kind | undefined {
  return model.kinds.find(({ id, term }) => id === word || term === word)
}

function isCore(id: string): boolean {
  return id.startsWith('http://schemas.ogf.org/occi/core#')
}

function categoryCandidate(category: Category): Candidate {
  return { value: category.term, ...says(category.title) }
}

function mixinCandidate(category: Category): Candidate {
  const value = readableName(category)
  return { value, ...says(value === category.term ? category.title : category.term) }
}

function says(text: string | undefined): { readonly description?: string } {
  return text === undefined || text === '' ? {} : { description: text }
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const known = new Map<string, Candidate>()
  for (const candidate of candidates) if (!known.has(candidate.value)) known.set(candidate.value, candidate)
  return [...known.values()]
}
