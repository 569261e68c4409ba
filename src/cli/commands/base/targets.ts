/** Finds the entities that a command works on: names, `-` for names on standard input, or --where. */
import { omitUndefined } from '../../../basics/objects.js'
import type { Client, CollectionRef } from '../../../client/index.js'
import {
  isBasedOnModel,
  isIncompleteListing,
  NotFoundError,
  type PartialError,
  UsageError,
} from '../../../errors/errors.js'
import { purposes } from '../../../files/index.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { ArgumentDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Invocation, Surroundings } from '../../context.js'
import { hasWhere, reportNoMatch, selectTargets, type Target, throwWhereConflict } from './where-filter.js'

/** The argument NAME. `noun` is the noun in the singular: "virtual machine". */
export function nameArgument(kind: string | undefined, noun: string): ArgumentDeclaration {
  return {
    name: 'NAME',
    description: `${noun}: id, beginning of an id, title, path or URL, also NAME@CONTEXT; "-" reads names from standard input`,
    variadic: true,
    completion: kind === undefined ? { of: 'entity' } : { of: 'entity', kind },
  }
}

/** The argument NAME of a command that also selects entities by options, so that it may be omitted. */
export function namesArgument({ kind, one }: { kind: string; one: string }): ArgumentDeclaration {
  return { ...nameArgument(kind, one), required: false }
}

/** The entities that a command names, and how to find them. */
export interface Targets {
  readonly names: readonly string[]
  /** Whether JSON output is one object (one name) rather than an array (several names, `-`, --where). */
  readonly single: boolean
  /** Finds the entity of a name. Throws NotFoundError and AmbiguousError. */
  find(name: string): Promise<Target>
}

/** The part of a noun that `chooseTargets` needs. */
export interface Subject {
  /** Undefined for entities of any kind. */
  readonly kind: string | undefined
  /** The collections to search if there is no kind. Default: all. */
  readonly collections?: readonly CollectionRef[]
  /** The plural for messages. */
  readonly many: string
}

/** The collections that may hold the entity; undefined for any. */
export type SearchScope = CollectionRef | readonly CollectionRef[] | undefined

/**
 * The entities that --where selects, or else those that `words` name (default: the words of NAME). Throws UsageError if
 * there are no names.
 */
export async function chooseTargets(
  context: CommandContext,
  subject: Subject,
  words?: readonly string[],
): Promise<Targets> {
  const { kind, collections, many } = subject
  const client = await context.client()
  if (!hasWhere(context) || kind === undefined) {
    const names = words ?? (await readNames(context))
    if (names.length === 0 && !context.words('NAME').includes('-')) throw missingNameError(context, many)
    return {
      names,
      single: names.length === 1 && !context.words('NAME').includes('-'),
      find: await nameFinder(context, client, kind ?? collections, names),
    }
  }
  if ((words ?? context.words('NAME')).length > 0) throwWhereConflict('names')
  const targets = new Map((await selectTargets(context, client, kind)).map((target) => [target.name, target]))
  if (targets.size === 0) await reportNoMatch(context, many)
  return {
    names: [...targets.keys()],
    single: false,
    find: async (name) => targets.get(name) ?? findTarget(client, name, kind, context),
  }
}

/** Returns a function that finds entities by name. If several names are titles, it lists the collection only once. */
export async function nameFinder(
  context: Surroundings,
  client: Client,
  scope: SearchScope,
  names: readonly string[],
): Promise<Targets['find']> {
  const findOne: Targets['find'] = (name) => findTarget(client, name, scope, context)
  // Imported here because --help reads this file and must not load the client.
  const { findAmong, needsListing } = await import('../../../client/index.js')
  if (scope === undefined || names.filter(needsListing).length < 2) return findOne
  let listing: Promise<Listing> | undefined
  const lookedUp = new Set<string>()
  return async (name) => {
    // If a name is looked up a second time, the entity may have changed since the listing.
    if (!needsListing(name) || lookedUp.has(name)) return findOne(name)
    lookedUp.add(name)
    listing ??= listAll(client, scope, context)
    const { entities, unreadable } = await listing
    try {
      return { name, ...findAmong(name, entities, unreadable) }
    } catch (error) {
      throw withListing(error, scope)
    }
  }
}

async function listAll(
  client: Client,
  scope: NonNullable<SearchScope>,
  { signal }: Surroundings,
): Promise<Listing> {
  const entities: Entity[] = []
  const unreadable: PartialError['errors'][number][] = []
  for (const collection of collectionsOf(scope)) {
    try {
      for await (const entity of client.list(collection, { signal })) entities.push(entity)
    } catch (error) {
      if (!isIncompleteListing(error)) throw error
      unreadable.push(...error.errors)
    }
  }
  return { entities, unreadable }
}

function collectionsOf(scope: SearchScope): readonly CollectionRef[] {
  if (scope === undefined) return []
  return Array.isArray(scope) ? (scope as readonly CollectionRef[]) : [scope as CollectionRef]
}

/** The entities of all collections in the scope. */
interface Listing {
  readonly entities: readonly Entity[]
  /** The errors of the entities that could not be read. */
  readonly unreadable: PartialError['errors']
}

function missingNameError({ options }: Invocation, many: string): UsageError {
  const alternatives = [
    ...(options.has('where') ? ['--where CONDITION'] : []),
    ...(options.has('all') ? [`--all for all ${many}`] : []),
  ]
  return new UsageError('NAME is missing', {
    hint: `Name one or more ${many}${alternatives.length === 0 ? '' : `, or use ${alternatives.join(' or ')}`}.`,
    at: 'NAME',
  })
}

/** The names of the argument in order, without duplicates. `-` is replaced by the names on standard input. */
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
          hint: 'Is a shell variable unset?',
        })
      names.push(word)
      continue
    }
    const text = (await context.stdin('"-"', purposes.names)).toString('utf8')
    for (const line of text.split('\n')) if (line.trim() !== '') names.push(line.trim())
  }
  return [...new Set(names)]
}

/**
 * Finds an entity by its name. Throws AmbiguousError, and NotFoundError whose hint is the command that lists the
 * entities.
 */
export async function findTarget(
  client: Client,
  name: string,
  scope: SearchScope,
  context: Surroundings,
): Promise<Target> {
  try {
    return { name, ...(await client.find(name, scope, { signal: context.signal })) }
  } catch (error) {
    throw withListing(error, scope)
  }
}

/** Calls `fallback` if the first search finds nothing. If neither finds anything, the first error is thrown. */
export async function orIfNotFound(
  search: Promise<Target>,
  fallback: () => Promise<Target>,
): Promise<Target> {
  try {
    return await search
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    try {
      return await fallback()
    } catch (secondError) {
      throw secondError instanceof NotFoundError ? error : secondError
    }
  }
}

/** Adds a hint with the command that lists the entities to a NotFoundError without suggestions. */
function withListing(error: unknown, scope: SearchScope): unknown {
  const suggestions = error instanceof NotFoundError ? error.facts?.['suggestions'] : undefined
  if (!(error instanceof NotFoundError) || !Array.isArray(suggestions) || suggestions.length > 0) return error
  const nouns = collectionsOf(scope).map((collection) =>
    typeof collection === 'string' ? termOf(collection) : collection.term,
  )
  const commands = (nouns.length === 0 || nouns.length > maxNouns ? ['NOUN'] : nouns).map(
    (noun) => `"occi ${noun} list"`,
  )
  return new NotFoundError(error.message, {
    // If the provider lacks the kind, there is nothing to list; the error's own hint names the kinds.
    hint:
      (isBasedOnModel(error) ? error.hint : undefined) ??
      `${commands.join(' and ')} ${commands.length === 1 ? 'lists' : 'list'} the existing ones.`,
    cause: error.cause,
    ...omitUndefined({ at: error.at, facts: error.facts }),
  })
}

/** The number of kinds above which a hint says NOUN instead of naming them. */
const maxNouns = 3
