/** Finds the command that a command line names. Loads only the group of that command. */
import { OcciError, UsageError } from '../../errors/errors.js'
import { type CommandDeclaration, type CommandGroup, type Entry, isGroup } from '../command.js'
import type { HelpRequest } from '../help/index.js'
import type { SettingOption } from '../options/declaration.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import { nearest } from '../output/index.js'
import { forCommander, lookupIn, scan, type Token } from './scan.js'

export type Located =
  | { readonly do: 'version' }
  | HelpRequest
  | {
      readonly do: 'run'
      readonly command: CommandDeclaration
      readonly globals: readonly SettingOption[]
      /** The words after the command's own, for the parser. */
      readonly words: readonly string[]
    }

export type Learnable =
  | { readonly noun: string; readonly verb?: undefined }
  | { readonly noun: string; readonly verb: string; readonly group: CommandGroup }

export interface Commands {
  readonly entries: readonly Entry[]
  /** Looks up an unknown noun or verb in the provider's model. */
  readonly learn: (
    words: Learnable,
    globals: readonly SettingOption[],
  ) => Promise<CommandGroup | CommandDeclaration | undefined>
}

/** Throws UsageError for a word that is neither a command nor, if the provider can be asked, in its model. */
export async function locate(argv: readonly string[], commands: Commands): Promise<Located> {
  let globals = globalOptions
  let tokens = scan(argv, lookupIn(globals))
  let words = tokens.filter((token) => token.type === 'word')
  if (unknownBefore(tokens, words[0]?.index)) {
    globals = [...globalOptions, ...extra(await authenticationOptions())]
    tokens = scan(argv, lookupIn(globals))
    words = tokens.filter((token) => token.type === 'word')
  }
  const first = words[0]
  const asked = asksForHelp(tokens)
  if (first === undefined) {
    if (tokens.some((token) => token.type === 'option' && token.name === 'version')) return { do: 'version' }
    refuseUnknown(tokens, globals)
    return { do: 'help', of: { what: asked ? 'program' : 'happy-path' } }
  }
  if (first.text === 'version' && words.length === 1 && !asked) return { do: 'version' }
  if (first.text === 'help') {
    // `occi help auth` is the topic of logging in; `occi auth --help` describes the command.
    const topic = words[1]?.text
    if (words.length === 2 && topic !== undefined && (await import('../help/topics.js')).isTopic(topic)) {
      return { do: 'help', of: { what: 'topic', name: topic } }
    }
    return helpFor(
      words.slice(1).map((word) => word.text),
      globals,
      commands,
    )
  }

  // `--outptu json`: the option is misspelled, and `json` is its value.
  if (entryOf(first.text, commands) === undefined && unknownBefore(tokens, first.index))
    refuseUnknown(tokens, globals)
  const loaded = await loadNoun(first.text, globals, commands)
  if (!isGroup(loaded)) {
    // `occi schema help` works like `occi compute help`.
    const spelled = words.length === 2 && words[1]?.text === 'help'
    return asked || spelled ? helpOf(loaded) : withCommand(loaded, argv, new Set([first.index]), globals)
  }
  const groupOptions = loaded.commands.flatMap((command) => command.options)
  let scanned = scan(argv, lookupIn(globals, groupOptions))
  // `occi model --user-cred FILE`: FILE is a value, not a command.
  if (globals === globalOptions && unknownBefore(scanned, undefined)) {
    globals = [...globalOptions, ...extra(await authenticationOptions())]
    scanned = scan(argv, lookupIn(globals, groupOptions))
  }
  const inGroup = scanned.filter((token) => token.type === 'word')
  const second = inGroup.find((token) => token.index > first.index)
  const command = await chooseVerb(loaded, second?.text, asked, globals, commands)
  if (command === undefined || (asked && second === undefined))
    return { do: 'help', of: { what: 'group', group: loaded } }
  if (asked && second?.text !== 'help') return helpOf(command)
  if (second?.text === 'help')
    return helpFor([first.text, ...inGroup.slice(2).map((word) => word.text)], globals, commands)
  const own = new Set([first.index])
  if (second !== undefined && command.path.at(-1) === second.text) own.add(second.index)
  return withCommand(command, argv, own, globals)
}

async function chooseVerb(
  group: CommandGroup,
  verb: string | undefined,
  asked: boolean,
  globals: readonly SettingOption[],
  commands: Commands,
): Promise<CommandDeclaration | undefined> {
  if (verb === undefined || verb === 'help') {
    const fallback = asked || verb === 'help' ? undefined : group.fallback
    return verb === 'help' ? group.commands[0] : findCommand(group, fallback)
  }
  const known = findCommand(group, verb)
  if (known !== undefined) return known
  const learnt = group.learn === undefined ? undefined : await ask(group, verb, globals, commands)
  if (learnt !== undefined) return learnt
  const names = group.commands
    .filter((command) => command.hidden !== true)
    .map((command) => command.path.at(-1) ?? '')
  const near = nearest(verb, names)
  throw new UsageError(`"occi ${group.name}" has no command "${verb}"`, {
    hint: `${near === undefined ? '' : `Did you mean "${near}"? `}It has ${names.join(', ')}.`,
    at: verb,
    facts: { commands: names },
  })
}

/** A failing network must not hide a misspelled word. */
async function ask(
  group: CommandGroup,
  verb: string,
  globals: readonly SettingOption[],
  commands: Commands,
): Promise<CommandDeclaration | undefined> {
  try {
    const learnt = await commands.learn({ noun: group.name, verb, group }, globals)
    return learnt === undefined || isGroup(learnt) ? undefined : learnt
  } catch (error) {
    const slip = nearest(
      verb,
      group.commands.map((command) => command.path.at(-1) ?? ''),
    )
    if (slip !== undefined && error instanceof OcciError) return undefined
    throw error
  }
}

async function loadNoun(
  noun: string,
  globals: readonly SettingOption[],
  commands: Commands,
): Promise<CommandGroup | CommandDeclaration> {
  const entry = entryOf(noun, commands)
  if (entry !== undefined) return entry.load()
  const names = ['help', 'version', ...commands.entries.map(({ name }) => name)]
  const near = nearest(noun, names)
  let learnt: CommandGroup | CommandDeclaration | undefined
  try {
    learnt = await commands.learn({ noun }, globals)
  } catch (error) {
    if (near === undefined || !(error instanceof OcciError)) throw error
  }
  if (learnt !== undefined) return learnt
  const { isTopic } = await import('../help/topics.js')
  const meant = isTopic(noun) ? `help ${noun}` : near
  throw new UsageError(`There is no command "${noun}"`, {
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}"occi --help" lists the commands, "occi model kinds" the provider's kinds.`,
    at: noun,
  })
}

async function helpFor(
  path: readonly string[],
  globals: readonly SettingOption[],
  commands: Commands,
): Promise<Located> {
  const [noun, verb] = path
  if (noun === undefined) return { do: 'help', of: { what: 'program' } }
  if (entryOf(noun, commands) === undefined) {
    const { isTopic, topics } = await import('../help/topics.js')
    if (isTopic(noun)) return { do: 'help', of: { what: 'topic', name: noun } }
    refuseSlip(noun, [...commands.entries, ...topics])
  }
  const loaded = await loadNoun(noun, globals, commands)
  if (!isGroup(loaded)) return helpOf(loaded)
  if (verb === undefined) return { do: 'help', of: { what: 'group', group: loaded } }
  const command = await chooseVerb(loaded, verb, true, globals, commands)
  return command === undefined ? { do: 'help', of: { what: 'group', group: loaded } } : helpOf(command)
}

/** Help knows the local words; the provider is asked only about words that resemble none of them. */
function refuseSlip(word: string, known: readonly { readonly name: string }[]): void {
  const near = nearest(
    word,
    known.map(({ name }) => name),
  )
  if (near === undefined) return
  throw new UsageError(`There is no help on "${word}"`, {
    hint: `Did you mean "occi help ${near}"? "occi --help" lists commands and topics.`,
    at: word,
  })
}

function helpOf(command: CommandDeclaration): HelpRequest {
  return { do: 'help', of: { what: 'command', command } }
}

/** Options of the other authentication methods are loaded only for an unknown option. */
async function withCommand(
  command: CommandDeclaration,
  argv: readonly string[],
  own: ReadonlySet<number>,
  known: readonly SettingOption[],
): Promise<Located> {
  let globals = known
  const strange = scan(argv, lookupIn(command.options, globals)).some(
    (token) => token.type === 'option' && token.option === undefined && token.name.length > 1,
  )
  if (strange && globals === globalOptions)
    globals = [...globalOptions, ...extra(await authenticationOptions())]
  return { do: 'run', command, globals, words: forCommander(argv, lookupIn(command.options, globals), own) }
}

function entryOf(noun: string, { entries }: Commands): Entry | undefined {
  return entries.find(({ name }) => name === noun)
}

function findCommand(group: CommandGroup, verb: string | undefined): CommandDeclaration | undefined {
  return verb === undefined ? undefined : group.commands.find((command) => command.path.at(-1) === verb)
}

function extra(options: readonly SettingOption[]): readonly SettingOption[] {
  const names = new Set(globalOptions.map((option) => option.name))
  return options.filter((option) => !names.has(option.name))
}

function asksForHelp(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.type === 'option' && (token.name === 'help' || token.name === 'h'))
}

function unknownBefore(tokens: readonly Token[], place: number | undefined): boolean {
  return tokens.some(
    (token) =>
      token.type === 'option' &&
      token.option === undefined &&
      token.name !== 'version' &&
      token.index < (place ?? Number.POSITIVE_INFINITY),
  )
}

function refuseUnknown(tokens: readonly Token[], globals: readonly SettingOption[]): void {
  for (const token of tokens) {
    if (token.type !== 'option' || token.option !== undefined) continue
    const label = token.name.length === 1 ? `-${token.name}` : `--${token.name}`
    const near = nearest(token.name, [...globals.map(({ name }) => name), 'version'])
    throw new UsageError(`Unknown option ${label}`, {
      hint: near === undefined ? '"occi --help" lists commands and options.' : `Did you mean --${near}?`,
      at: label,
    })
  }
}
