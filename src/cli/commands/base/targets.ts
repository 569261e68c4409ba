/** Which things a command is about: names, `-` for names on standard input. */
import type { Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { Entity } from '../../../model/index.js'
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
  const found = await client.find(name, kind, { signal: context.signal })
  return { name, ...found }
}
