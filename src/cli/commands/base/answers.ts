/** Asks on a terminal for the arguments and options that a command line lacks. */
import { shellWord } from '../../../basics/shell-word.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'

/** The answers of the user, as words and options of a command line. */
export interface Answers {
  /** The answer for each argument; empty if the user entered nothing. */
  readonly words: Readonly<Record<string, string>>
  readonly options: ReadonlyMap<string, readonly string[]>
}

/**
 * Calls `ask` if the session is interactive, none of `inputOptions` is on the command line, and this is no preview.
 * Then shows the equivalent command line, and returns a context with the answers. Otherwise returns the context
 * unchanged.
 */
export async function withAnswers(
  context: CommandContext,
  inputOptions: readonly Pick<OptionDeclaration, 'name'>[],
  ask: ((context: CommandContext) => Promise<Answers>) | undefined,
): Promise<CommandContext> {
  const commandLine = context.options.commandLine()
  if (ask === undefined || !context.streams.interactive || context.preview !== undefined) return context
  if (inputOptions.some(({ name }) => commandLine.has(name))) return context
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
  const argumentWords = Object.values(words).filter((word) => word !== '')
  const optionWords = [...options].flatMap(([name, values]) =>
    values.flatMap((value) => [`--${name}`, value]),
  )
  return ['occi', ...command.split(' '), ...[...argumentWords, ...optionWords].map(shellWord)].join(' ')
}
