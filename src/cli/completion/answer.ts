/**
 * Answers `occi __complete QUESTION -- WORDS`: values from the provider or from the user's files, taken from
 * caches. No request is sent and no prompt shown; an unknown value yields an empty answer.
 */

import { everyContext } from '../../config/index.js'
import type { Aliases, AliasFamily } from '../../config/types.js'
import { type Category, type Kind, Model, readableName, termOf } from '../../model/index.js'
import type { SeenEntity } from '../runtime/completion-memory.js'

export interface Candidate {
  readonly value: string
  readonly says?: string
}

/** The sources of values; all of them are local. */
export interface CompletionSources {
  /** The last fetched model of the provider that the command line refers to. */
  readonly categories: () => Promise<readonly Category[]>
  /** Recently listed or described entities, of one kind (by its term) or of all. */
  readonly seen: (kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** The same of the provider of a context. */
  readonly seenAt: (context: string, kind: string | undefined) => Promise<readonly SeenEntity[]>
  /** The contexts that the command line names, where they are several. */
  readonly several: () => Promise<readonly string[]>
  readonly contexts: () => Promise<readonly string[]>
  readonly groups: () => Promise<readonly string[]>
  /** The word that is being typed. */
  readonly typed: string
  /** The aliases of the context that the command line refers to. */
  readonly aliases: () => Promise<Aliases>
  readonly commands: () => Promise<readonly Candidate[]>
}

/** `question` is a name and a detail: `mixin os_tpl`, `entity compute`. Unknown questions yield no answer. */
export async function answer(
  question: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const [name = '', detail] = question
  const ask = Object.hasOwn(questions, name) ? questions[name] : undefined
  return ask === undefined ? [] : unique(await ask(sources, detail))
}

type Question = (sources: CompletionSources, detail: string | undefined) => Promise<readonly Candidate[]>

const questions: Readonly<Record<string, Question>> = {
  noun: async (sources) => {
    const model = new Model(await sources.categories())
    return model.kinds.filter(({ id }) => !isCore(id)).map(described)
  },
  verb: async (sources, noun = '') => {
    const actions = await actionsOf(sources, noun)
    return [...commonVerbs, ...actions]
  },
  kind: async (sources) => new Model(await sources.categories()).kinds.map(described),
  category: async (sources) => (await sources.categories()).map(described),
  explainable: async (sources) => [
    ...(await aliased(sources, 'os', 'size')),
    ...(await sources.categories()).map(described),
  ],
  mixin: async (sources, of) => {
    const model = new Model(await sources.categories())
    if (of !== 'os_tpl' && of !== 'resource_tpl') return model.mixins.map(readable)
    return [
      ...(await aliased(sources, of === 'os_tpl' ? 'os' : 'size')),
      ...model.templates(of).map(readable),
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
    ...(await seenAs(sources, kind)),
    ...(await seenAtContexts(sources, kind)),
  ],
  network: async (sources) => [...(await aliased(sources, 'network')), ...(await seenAs(sources, 'network'))],
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

/** The verbs of every kind; its actions come from the model. */
const commonVerbs: readonly Candidate[] = ['list', 'create', 'describe', 'update', 'delete', 'wait'].map(
  (value) => ({ value }),
)

async function seenAs(sources: CompletionSources, kind: string | undefined): Promise<readonly Candidate[]> {
  return named(await sources.seen(kind))
}

/** `web@cesnet`: at the contexts that the command line names, or where an @ has been typed. */
async function seenAtContexts(
  sources: CompletionSources,
  kind: string | undefined,
): Promise<readonly Candidate[]> {
  const { typed } = sources
  const several = await sources.several()
  const typedAt = typed.includes('@') ? typed.slice(typed.lastIndexOf('@') + 1) : undefined
  const all = several.length > 0 || typedAt === undefined ? several : await sources.contexts()
  const contexts = all.filter((context) => context.startsWith(typedAt ?? ''))
  const found = await Promise.all(
    contexts.map(async (context) =>
      named(await sources.seenAt(context, kind)).map((one) => ({ ...one, value: `${one.value}@${context}` })),
    ),
  )
  return found.flat()
}

function named(things: readonly SeenEntity[]): readonly Candidate[] {
  return things.flatMap(({ name, title, state }) => [
    ...(title === undefined || title === '' ? [] : [{ value: title, ...says(state ?? name) }]),
    { value: name, ...says([title, state].filter(Boolean).join(', ')) },
  ])
}

async function aliased(
  sources: CompletionSources,
  ...families: readonly AliasFamily[]
): Promise<readonly Candidate[]> {
  const aliases = await sources.aliases()
  return families.flatMap((family) =>
    Object.entries(aliases[family] ?? {}).map(([value, target]) => ({ value, says: `alias of ${target}` })),
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

function described(category: Category): Candidate {
  return { value: category.term, ...says(category.title) }
}

function readable(category: Category): Candidate {
  const value = readableName(category)
  return { value, ...says(value === category.term ? category.title : category.term) }
}

function says(text: string | undefined): { readonly says?: string } {
  return text === undefined || text === '' ? {} : { says: text }
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const known = new Map<string, Candidate>()
  for (const candidate of candidates) if (!known.has(candidate.value)) known.set(candidate.value, candidate)
  return [...known.values()]
}
