/** Answers to questions take the place of words and options that were not given. */
import { shellWord } from '../../../basics/shell-word.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'

export interface Answers {
  /** By argument; an empty one was left out. */
  readonly words: Readonly<Record<string, string>>
  readonly options: ReadonlyMap<string, readonly string[]>
}

/**
 * On a terminal where none of a command's own options are given: asks, shows the command line that the answers
 * amount to, and returns the context with them. Where nobody can be asked, or need be, it is the given context.
 */
export async function withAnswers(
  context: CommandContext,
  own: readonly Pick<OptionDeclaration, 'name'>[],
  ask: ((context: CommandContext) => Promise<Answers>) | undefined,
): Promise<CommandContext> {
  const given = context.options.commandLine()
  if (ask === undefined || !context.streams.interactive || context.preview !== undefined) return context
  if (own.some(({ name }) => given.has(name))) return context
  const answers = await ask(context)
  await context.progress.note(`Equivalent command:\n  ${commandLineOf(context.command, answers)}`)
  const words = (argument: string) => {
    const word = answers.words[argument]
    return word === undefined || word === '' ? context.words(argument) : [word]
  }
  return {
    ...context,
    options: context.options.withValues(answers.options),
    words,
    word: (argument) => words(argument)[0],
  }
}

function commandLineOf(command: string, { words, options }: Answers): string {
  const named = Object.values(words).filter((word) => word !== '')
  const given = [...options].flatMap(([name, values]) => values.flatMap((value) => [`--${name}`, value]))
  return ['occi', ...command.split(' '), ...[...named, ...given].map(shellWord)].join(' ')
}
