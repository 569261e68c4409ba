/** Which things a command is about: names, `-` for names on standard input. */
import type { Client } from '../../../client/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { ArgumentDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'

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

/** One name typed gives one object in JSON; several, or `-`, an array. */
export function isSingle(context: CommandContext, argument = 'NAME'): boolean {
  const words = context.words(argument)
  return words.length === 1 && words[0] !== '-'
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
