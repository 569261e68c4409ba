/** Declares the arguments and options of a command to commander, and checks the values that it parsed. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { authGroup } from '../options/global.js'
import { OptionValues, type ParsedWords } from '../options/values.js'
import { unknownOption } from './errors.js'
import type { OcciCommand, ValuesByOption } from './occi-command.js'

type Environment = (name: string) => string | undefined

/** Declares arguments and options. The command's own options take precedence over global ones of the same name. */
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

/** The values of arguments and options after commander has parsed them. Throws UsageError for invalid values. */
export function valuesOf(
  command: OcciCommand,
  declaration: CommandDeclaration,
  valuesByOption: ValuesByOption,
  environment: Environment,
): ParsedWords {
  const options = command.declarations
  checkValues(command, valuesByOption)
  const values = new OptionValues(options, valuesByOption, environment)
  // An invalid value of a switch in an environment variable is an error even if the command does not read it.
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

function checkValues(command: OcciCommand, valuesByOption: ValuesByOption): void {
  for (const [name, texts] of valuesByOption) {
    const option = command.declarations.find((each) => each.name === name)
    // An option before the verb that belongs to another verb of the noun.
    if (option === undefined) throw unknownOption(`--${name}`, command)
    for (const text of texts) checkValue(option, text)
  }
}

/** Throws UsageError for arguments that are not UTF-8: Node replaces the invalid bytes by U+FFFD. */
function checkEncoding(text: string, at: string): void {
  if (!text.includes('\uFFFD')) return
  throw new UsageError(`${at}: "${text.slice(0, 80)}" is not valid UTF-8`, {
    hint: 'Use a UTF-8 locale. To convert a script from Latin-1, run iconv -f LATIN1 -t UTF-8.',
    at,
  })
}

function checkValue(
  { name, value, bare, allowsEmpty, group, choices }: OptionDeclaration,
  text: string,
): void {
  if (value === undefined) return
  checkEncoding(text, `--${name}`)
  // Probably an unset variable: `--os "$IMAGE"`. Options of authentication may be empty, since a password may be.
  if (text === '' && bare === undefined && allowsEmpty !== true && group !== authGroup) {
    throw new UsageError(`--${name} is empty`, {
      hint: 'Set a value or omit the option. Is a shell variable unset?',
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
