/** Finds the entities that a command works on: names, `-` for names on standard input, or --where. */
import { omitUndefined } from '../../../basics/objects.js'
import type { Client, CollectionRef } from '../../../client/index.js'
import {
  isBasedOnModel,
  isIncomplete,
  NotFoundError,
  type PartialError,
  UsageError,
} from '../../../errors/errors.js'
import { purposes } from '../../../files/index.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { ArgumentDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Invocation, Surroundings } from '../../context.js'
import { hasWhere, refuseTogether, reportNoMatch, selectTargets, type Target } from './where-filter.js'

export function nameArgument(kind: string | undefined, what: string): ArgumentDeclaration {
  return {
    name: 'NAME',
    description: `${what}: id, beginning of an id, title, path or URL, also NAME@CONTEXT; "-" reads names from standard input`,
    variadic: true,
    completion: kind === undefined ? { of: 'entity' } : { of: 'entity', kind },
  }
}

/** The entities of a command, before they are looked up. */
export interface Targets {
  readonly names: readonly string[]
  /** Whether JSON output is one object (one name) rather than an array (several names, `-`, --where). */
  readonly single: boolean
  /** Throws NotFoundError, AmbiguousError. */
  find(name: string): Promise<Target>
}

/** The part of a noun that `chooseTargets` needs: the kind (undefined for any) and the plural for messages. */
export interface Subject {
  readonly kind: string | undefined
  /** Without a kind: the kinds to search. Default: all. */
  readonly among?: readonly CollectionRef[]
  readonly many: string
}

/** The collections that may hold the entity; undefined for any. */
export type SearchScope = CollectionRef | readonly CollectionRef[] | undefined

/** `words` are those of NAME that are names. Throws UsageError without any name. */
export async function chooseTargets(
  context: CommandContext,
  subject: Subject,
  words?: readonly string[],
): Promise<Targets> {
  const { kind, among, many } = subject
  const client = await context.client()
  if (!hasWhere(context) || kind === undefined) {
    const names = words ?? (await readNames(context))
    if (names.length === 0 && !context.words('NAME').includes('-')) throw missingNameError(context, many)
    return {
      names,
      single: names.length === 1 && !context.words('NAME').includes('-'),
      find: await nameFinder(context, client, kind ?? among, names),
    }
  }
  if ((words ?? context.words('NAME')).length > 0) refuseTogether('names')
  const targets = new Map((await selectTargets(context, client, kind)).map((target) => [target.name, target]))
  if (targets.size === 0) await reportNoMatch(context, many)
  return {
    names: [...targets.keys()],
    single: false,
    find: async (name) => targets.get(name) ?? findTarget(client, name, kind, context),
  }
}

/** Finds several titles by one listing rather than one for each. */
export async function nameFinder(
  context: Surroundings,
  client: Client,
  where: SearchScope,
  names: readonly string[],
): Promise<Targets['find']> {
  const one: Targets['find'] = (name) => findTarget(client, name, where, context)
  // Imported here because --help reads this file and must not load the client.
  const { findAmong, needsListing } = await import('../../../client/index.js')
  if (where === undefined || names.filter(needsListing).length < 2) return one
  let listing: Promise<Listing> | undefined
  const asked = new Set<string>()
  return async (name) => {
    // A repeated name is looked up again, since the entity may have changed.
    if (!needsListing(name) || asked.has(name)) return one(name)
    asked.add(name)
    listing ??= listAll(client, where, context)
    const { entities, unread } = await listing
    try {
      return { name, ...findAmong(name, entities, unread) }
    } catch (error) {
      throw withListing(error, where)
    }
  }
}

async function listAll(
  client: Client,
  where: NonNullable<SearchScope>,
  { signal }: Surroundings,
): Promise<Listing> {
  const entities: Entity[] = []
  const unread: PartialError['errors'][number][] = []
  for (const collection of Array.isArray(where)
    ? (where as readonly CollectionRef[])
    : [where as CollectionRef]) {
    try {
      for await (const entity of client.list(collection, { signal })) entities.push(entity)
    } catch (error) {
      if (!isIncomplete(error)) throw error
      unread.push(...error.errors)
    }
  }
  return { entities, unread }
}

interface Listing {
  readonly entities: readonly Entity[]
  readonly unread: PartialError['errors']
}

function missingNameError({ options }: Invocation, many: string): UsageError {
  const alternatives = [
    ...(options.has('where') ? ['--where CONDITION chooses by their attributes'] : []),
    ...(options.has('all') ? [`--all means all ${many}`] : []),
  ]
  return new UsageError(`NAME is missing: which of the ${many}?`, {
    hint: `Name one or more${alternatives.length === 0 ? '' : `; ${alternatives.join(', ')}`}.`,
    at: 'NAME',
  })
}

/** The given names, with those on standard input in place of `-`, in order and without duplicates. */
export async function readNames(
  context: Invocation & Dialogue,
  argument = 'NAME',
): Promise<readonly string[]> {
  const names: string[] = []
  for (const word of context.words(argument)) {
    if (word !== '-') {
      if (word.trim() === '')
        throw new UsageError(`${argument} is empty`, {
          at: argument,
          hint: 'Is it a variable without a value?',
        })
      names.push(word)
      continue
    }
    const text = (await context.stdin('"-"', purposes.names)).toString('utf8')
    for (const line of text.split('\n')) if (line.trim() !== '') names.push(line.trim())
  }
  return [...new Set(names)]
}

export async function findTarget(
  client: Client,
  name: string,
  where: SearchScope,
  context: Surroundings,
): Promise<Target> {
  try {
    return { name, ...(await client.find(name, where, { signal: context.signal })) }
  } catch (error) {
    throw withListing(error, where)
  }
}

/** Like `find`, but also searches elsewhere when nothing is found. */
export async function orFindElsewhere(
  find: Promise<Target>,
  elsewhere: () => Promise<Target>,
): Promise<Target> {
  try {
    return await find
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    try {
      return await elsewhere()
    } catch (again) {
      throw again instanceof NotFoundError ? error : again
    }
  }
}

/** Adds the command that lists what exists, when there is no suggestion. */
function withListing(error: unknown, where: SearchScope): unknown {
  const suggestions = error instanceof NotFoundError ? error.facts?.['suggestions'] : undefined
  if (!(error instanceof NotFoundError) || !Array.isArray(suggestions) || suggestions.length > 0) return error
  const kinds =
    where === undefined ? [] : Array.isArray(where) ? (where as readonly CollectionRef[]) : [where]
  const nouns = (kinds as readonly CollectionRef[]).map((kind) =>
    typeof kind === 'string' ? termOf(kind) : kind.term,
  )
  const commands = (nouns.length === 0 || nouns.length > maxNouns ? ['NOUN'] : nouns).map(
    (noun) => `"occi ${noun} list"`,
  )
  return new NotFoundError(error.message, {
    // A kind that the provider does not have has no listing; the model's own hint names the kinds.
    hint:
      (isBasedOnModel(error) ? error.hint : undefined) ??
      `${commands.join(' and ')} ${commands.length === 1 ? 'lists' : 'list'} the existing ones.`,
    cause: error.cause,
    ...omitUndefined({ at: error.at, facts: error.facts }),
  })
}

const maxNouns = 3
