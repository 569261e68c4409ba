/**
 * Answers `occi __complete QUESTION -- WORDS` with values from the caches and the user's files. Sends no
 * request and shows no prompt; if nothing is cached, the answer is empty.
 */

import { everyContext } from '../../config/index.js'
import type { Aliases, AliasFamily } from '../../config/types.js'
import { type Category, type Kind, Model, readableName, termOf } from '../../model/index.js'
import type { SeenEntity } from '../runtime/completion-memory.js'

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
  /** The aliases of the context that the command line refers to. */
  readonly aliases: () => Promise<Aliases>
  readonly commands: () => Promise<readonly Candidate[]>
}

/** `question` is a name and an optional detail: `mixin os_tpl`, `entity compute`. Empty for unknown questions. */
export async function answer(
  question: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const [name = '', detail] = question
  const handler = Object.hasOwn(questions, name) ? questions[name] : undefined
  return handler === undefined ? [] : unique(await handler(sources, detail))
}

type Question = (sources: CompletionSources, detail: string | undefined) => Promise<readonly Candidate[]>

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
  state: async () =>
    ['active', 'inactive', 'suspended', 'error', 'online', 'offline'].map((value) => ({ value })),
  entity: async (sources, kind) => [
    ...(await seenCandidates(sources, kind)),
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
    const before = sources.typed.split(',').slice(0, -1)
    return [...contexts, ...[everyContext, ...groups].map((name) => `@${name}`)]
      .filter((name) => !before.includes(name))
      .map((name) => ({ value: [...before, name].join(',') }))
  },
  command: async (sources) => sources.commands(),
}

/** The verbs of every kind; actions come from the model. */
const commonVerbs: readonly Candidate[] = ['list', 'create', 'describe', 'update', 'delete', 'wait'].map(
  (value) => ({ value }),
)

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
