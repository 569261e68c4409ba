/** Which things a command is about: names, `-` for names on standard input, or --where. */
import type { Client } from '../../../client/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { ArgumentDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { asksWhere, refuseBeside, selected, tellNone } from './where.js'

export interface Target {
  /** As the user wrote it. */
  readonly name: string
  readonly location: string
  readonly entity?: Entity
}

export function nameArgument(kind: string | undefined, what: string): ArgumentDeclaration {
  return {
    name: 'NAME',
    description: `${what}: id, beginning of an id, title, path or URL; "-" reads names from standard input`,
    variadic: true,
    completion: kind === undefined ? { of: 'entity' } : { of: 'entity', kind },
  }
}

/** What a command is about, before each is looked up. */
export interface Targets {
  readonly names: readonly string[]
  /** One name typed gives one object in JSON; several, `-` and --where an array. */
  readonly single: boolean
  /** Throws NotFoundError, AmbiguousError. */
  find(name: string): Promise<Target>
}

/** Words of a noun that choosing needs: what the things are called, and their kind, unless it may be any. */
export interface Subject {
  readonly kind: string | undefined
  readonly many: string
}

/** `words`: those of NAME that are names. Throws UsageError when nothing was named at all. */
export async function chooseTargets(
  context: CommandContext,
  subject: Subject,
  words?: readonly string[],
): Promise<Targets> {
  const { kind, many } = subject
  const client = await context.client()
  if (!asksWhere(context) || kind === undefined) {
    const names = words ?? (await readNames(context))
    if (names.length === 0 && !context.words('NAME').includes('-')) throw nothingNamed(context, many)
    return {
      names,
      single: names.length === 1 && !context.words('NAME').includes('-'),
      find: await finder(context, client, kind, names),
    }
  }
  if ((words ?? context.words('NAME')).length > 0) refuseBeside('names')
  const targets = new Map((await selected(context, client, kind)).map((target) => [target.name, target]))
  if (targets.size === 0) await tellNone(context, many)
  return {
    names: [...targets.keys()],
    single: false,
    find: async (name) => targets.get(name) ?? findTarget(client, name, kind, context),
  }
}

/** Several titles cost one listing, not one each. */
async function finder(
  context: CommandContext,
  client: Client,
  kind: string | undefined,
  names: readonly string[],
): Promise<Targets['find']> {
  const one: Targets['find'] = (name) => findTarget(client, name, kind, context)
  // Not above: --help reads this file, too, and must not load the whole client.
  const { findAmong, needsListing } = await import('../../../client/index.js')
  if (kind === undefined || names.filter(needsListing).length < 2) return one
  let listing: Promise<readonly Entity[]> | undefined
  const asked = new Set<string>()
  return async (name) => {
    // Whoever asks again wants to know what has become of it.
    if (!needsListing(name) || asked.has(name)) return one(name)
    asked.add(name)
    listing ??= everything(client, kind, context)
    const entities = await listing
    try {
      return { name, ...findAmong(name, entities) }
    } catch (error) {
      throw withListing(error, kind)
    }
  }
}

async function everything(
  client: Client,
  kind: string,
  { signal }: CommandContext,
): Promise<readonly Entity[]> {
  const found: Entity[] = []
  for await (const entity of client.list(kind, { signal })) found.push(entity)
  return found
}

function nothingNamed({ options }: CommandContext, many: string): UsageError {
  const ways = [
    ...(options.has('where') ? ['--where CONDITION chooses by what they are'] : []),
    ...(options.has('all') ? [`--all means all ${many}`] : []),
  ]
  return new UsageError(`NAME is missing: which of the ${many} is meant?`, {
    hint: `Name one or more${ways.length === 0 ? '' : `; ${ways.join(', ')}`}.`,
    at: 'NAME',
  })
}

/** The names given, those on standard input in place of `-`. Each once, in order. */
export async function readNames(context: CommandContext, argument = 'NAME'): Promise<readonly string[]> {
  const names: string[] = []
  for (const word of context.words(argument)) {
    if (word !== '-') {
      if (word.trim() === '')
        throw new UsageError(`${argument} is empty`, { at: argument, hint: 'A variable without a value?' })
      names.push(word)
      continue
    }
    const text = (await context.stdin('"-"')).toString('utf8')
    for (const line of text.split('\n')) if (line.trim() !== '') names.push(line.trim())
  }
  return [...new Set(names)]
}

export async function findTarget(
  client: Client,
  name: string,
  kind: string | undefined,
  context: CommandContext,
): Promise<Target> {
  try {
    return { name, ...(await client.find(name, kind, { signal: context.signal })) }
  } catch (error) {
    throw withListing(error, kind)
  }
}

/** Where nothing alike is there, the command that shows what is. */
export function withListing(error: unknown, kind: string | undefined): unknown {
  const suggestions = error instanceof NotFoundError ? error.facts?.['suggestions'] : undefined
  if (!(error instanceof NotFoundError) || !Array.isArray(suggestions) || suggestions.length > 0) return error
  const noun = kind === undefined ? undefined : termOf(kind)
  return new NotFoundError(
    noun === undefined ? error.message : error.message.replace('nothing', `no ${noun}`),
    {
      hint: `"occi ${noun ?? 'NOUN'} list" shows what is there.`,
      cause: error.cause,
      ...(error.at === undefined ? {} : { at: error.at }),
      ...(error.facts === undefined ? {} : { facts: error.facts }),
    },
  )
}
