/** Reads the words of one command. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { authGroup } from '../options/global.js'
import { OptionValues, type ParsedWords } from '../options/values.js'
import { unknownOption } from './errors.js'
import type { GivenValues, OcciCommand } from './occi-command.js'

type Environment = (name: string) => string | undefined

/** The command's own options come first where a global one has the same name. */
export function declareCommand(
  command: OcciCommand,
  declaration: CommandDeclaration,
  globals: readonly OptionDeclaration[],
): OcciCommand {
  return command
    .declareArguments(declaration.arguments)
    .declare(declaration.options)
    .declare(globals)
    .action(() => {})
}

/** What a command was given, after commander has read it. Throws UsageError for values that cannot be. */
export function valuesOf(
  command: OcciCommand,
  declaration: CommandDeclaration,
  given: GivenValues,
  environment: Environment,
): ParsedWords {
  const options = command.declarations
  checkValues(command, given)
  const values = new OptionValues(options, given, environment)
  // An invalid word for a switch in an environment variable is an error even if nothing reads it.
  for (const option of options) if (option.value === undefined) values.isSet(option.name)
  return {
    arguments: new Map(
      declaration.arguments.map((argument, index) => {
        const words = texts(command.processedArgs[index])
        for (const word of words) checkEncoding(word, argument.name)
        return [argument.name, words]
      }),
    ),
    options: values,
  }
}

function checkValues(command: OcciCommand, given: GivenValues): void {
  for (const [name, texts] of given) {
    const option = command.declarations.find((each) => each.name === name)
    // It stood before the verb, and belongs to another one.
    if (option === undefined) throw unknownOption(`--${name}`, command)
    for (const text of texts) checkValue(option, text)
  }
}

/** Node puts U+FFFD where the bytes of an argument are not UTF-8; the name would be kept with it. */
function checkEncoding(text: string, at: string): void {
  if (!text.includes('\uFFFD')) return
  throw new UsageError(`${at}: "${text.slice(0, 80)}" is not in UTF-8`, {
    hint: 'Give it in UTF-8, as a terminal with a UTF-8 locale does; a script in Latin-1 is converted by iconv -f LATIN1 -t UTF-8.',
    at,
  })
}

function checkValue(
  { name, value, bare, mayBeEmpty, group, choices }: OptionDeclaration,
  text: string,
): void {
  if (value === undefined) return
  checkEncoding(text, `--${name}`)
  // `--os "$IMAGE"` with an unset variable; secrets may be empty.
  if (text === '' && bare === undefined && mayBeEmpty !== true && group !== authGroup) {
    throw new UsageError(`--${name} is empty`, {
      hint: 'Give it a value, or leave it out. A shell variable that is not set?',
      at: `--${name}`,
    })
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw new UsageError(`--${name} cannot be "${text}"`, {
      hint: `Use one of ${choices.join(', ')}.`,
      at: `--${name}`,
      facts: { choices },
    })
  }
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}
