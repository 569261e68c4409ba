/** Converts commander's errors to UsageError. */
import type { CommanderError } from 'commander'
import { UsageError } from '../../errors/errors.js'
import { argumentLabel, type CommandDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import type { OcciCommand } from './occi-command.js'

/**
 * Returns commander's error in our words. `words` is the command line; `declaration` is undefined if it names no
 * command.
 */
export function usageError(
  error: CommanderError,
  command: OcciCommand,
  declaration: CommandDeclaration | undefined,
  words: readonly string[],
): UsageError {
  // Commander's messages begin with "error:" and have the suggestion on a second line.
  const [text = '', suggestionLine] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = suggestionLine?.replace(/^\(|\)$/g, '')
  const name = declaration?.path.join(' ') ?? commandName(command)
  const help = helpOn(name)
  const flag = unknownFlag(error)
  switch (error.code) {
    case 'commander.missingArgument': {
      const missing = /'([^']+)'/.exec(text)?.[1]?.replace(/\.\.\.$/, '') ?? 'argument'
      const labels = declaration?.arguments.map(argumentLabel) ?? []
      return new UsageError(`${missing} is missing: ${['occi', name, ...labels].join(' ')}`, {
        hint: exampleHint(declaration, help),
        at: missing,
      })
    }
    case 'commander.excessArguments': {
      const suggested = forgottenEquals(words, command.declarations)
      return new UsageError(`Too many arguments for "occi ${name}"`, {
        hint: suggested === undefined ? help : `Did you mean ${suggested}?`,
      })
    }
    case 'commander.conflictingOption': {
      const [flag1 = '', flag2] = [...text.matchAll(/'(?:-., )?(--[^ ']+)/g)].map(([, name]) => name)
      return new UsageError(`${flag1} and ${flag2} cannot be used together`, {
        hint: 'Use only one of them.',
        at: flag1,
      })
    }
    default:
      if (flag !== undefined && isSwitch(flag, command.declarations)) {
        return new UsageError(`${flag} takes no value`, { hint: `Use ${flag} alone, or omit it.`, at: flag })
      }
      // Without the value: the message about a misspelt --password must not show the password.
      return new UsageError(withoutValue(text.charAt(0).toUpperCase() + text.slice(1)), {
        hint:
          equivalentOption(text, command.declarations, help) ??
          (suggestion === undefined ? passThroughHint(error, declaration, help) : `${suggestion} ${help}`),
        ...(flag === undefined ? {} : { at: flag }),
      })
  }
}

/** The error for an option that belongs to another verb of the noun. */
export function unknownOption(flag: string, command: OcciCommand): UsageError {
  return new UsageError(`Unknown option '${flag}'`, { hint: helpOn(commandName(command)), at: flag })
}

/** The name without `occi`: `compute create`; empty for the program itself. */
function commandName(command: OcciCommand): string {
  const above = command.parent?.parent
  if (command.parent === null) return ''
  return above == null ? command.name() : `${command.parent.name()} ${command.name()}`
}

function helpOn(name: string): string {
  return `See: ${['occi', name, '--help'].filter(Boolean).join(' ')}`
}

/** The hint for `occi ssh web ls -la`, where the option is meant for the program that ssh runs. */
function passThroughHint(
  { code }: CommanderError,
  declaration: CommandDeclaration | undefined,
  help: string,
): string {
  const lastArgument = declaration?.arguments.at(-1)
  if (declaration === undefined || code !== 'commander.unknownOption' || lastArgument?.passThrough !== true)
    return help
  const precedingArguments = declaration.arguments.slice(0, -1).map(argumentLabel)
  const usage = ['occi', ...declaration.path, ...precedingArguments, '--', lastArgument.name].join(' ')
  return `If it belongs to ${lastArgument.name}, put "--" before that: ${usage} … ${help}`
}

function unknownFlag({ code, message }: CommanderError): string | undefined {
  return code === 'commander.unknownOption' ? /'(-[^'=]{1,100})/.exec(message)?.[1] : undefined
}

/** Whether the option exists and takes no value: commander calls `--no-header=true` unknown. */
function isSwitch(flag: string, options: readonly OptionDeclaration[]): boolean {
  return options.some(({ name, value }) => value === undefined && `--${name}` === flag)
}

/** `Unknown option '--pasword=hunter2'` → `Unknown option '--pasword'`. */
function withoutValue(text: string): string {
  return text.replace(/^(Unknown option '-[^=']{0,100})=.*$/s, "$1'")
}

/** The hint for `--watch 5s`: an optional value is given after `=` only. */
function forgottenEquals(
  words: readonly string[],
  options: readonly OptionDeclaration[],
): string | undefined {
  for (const [index, word] of words.entries()) {
    const option = options.find(
      ({ name, bare }) =>
        bare !== undefined && [`--${name}`, `--${name}=`, `--${name}=${bare}`].includes(word),
    )
    const next = words[index + 1]
    if (option !== undefined && next !== undefined && !next.startsWith('-')) return `--${option.name}=${next}`
  }
  return undefined
}

function exampleHint(declaration: CommandDeclaration | undefined, help: string): string {
  const example = declaration?.examples[0]
  return example === undefined ? help : `For example: ${example.command}`
}

/** Options of other command lines, the option of occi that corresponds, and what to type. */
const foreignOptions: readonly (readonly [foreign: string, option: string, usage: string])[] = [
  ['json', 'output', '-o json'],
  ['yaml', 'output', '-o yaml'],
  ['csv', 'output', '-o csv'],
  ['plain', 'output', '-o tsv'],
  ['wide', 'output', '-o wide'],
  ['format', 'output', '-o FORMAT'],
  ['debug', 'verbose', '-v, or --trace to see the complete exchange'],
  ['force', 'yes', '--yes'],
  ['profile', 'context', '--context'],
  ['url', 'endpoint', '--endpoint'],
  ['image', 'os', '--os'],
  ['flavor', 'size', '--size'],
  ['name', 'title', '--title, or the first argument'],
  ['key-name', 'ssh-key', '--ssh-key FILE'],
]

function equivalentOption(
  message: string,
  options: readonly OptionDeclaration[],
  help: string,
): string | undefined {
  const [, name] = /^unknown option '--([a-z-]{1,30})['=]/.exec(message) ?? []
  const match = foreignOptions.find(
    ([foreign, option]) => foreign === name && options.some((each) => each.name === option),
  )
  return match === undefined ? undefined : `Use ${match[2]} instead. ${help}`
}
