/**
 * Parses a command line with commander: one program whose sub-commands come from the declarations. Only the
 * named noun is loaded, and only the options of the named verb are declared; of the others only the names are
 * known.
 */

import { CommanderError, type CommandOptions } from 'commander'
import { nearestName } from '../../basics/nearest.js'
import { OcciError, UsageError } from '../../errors/errors.js'
import { type CommandDeclaration, type CommandGroup, type Entry, isGroup } from '../command.js'
import type { HelpRequest } from '../help/index.js'
import type { OptionDeclaration, SettingOption } from '../options/declaration.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import { OptionValues, type ParsedWords } from '../options/values.js'
import { usageError } from './errors.js'
import { type GivenValues, NoCommandNamed, OcciCommand } from './occi-command.js'
import { declareCommand, valuesOf } from './parse.js'
import { optionsIn } from './words.js'

export type CommandRequest =
  | { readonly action: 'version' }
  | { readonly action: 'help'; readonly page: HelpRequest }
  | ({ readonly action: 'plugin' } & PluginCall)
  | {
      readonly action: 'run'
      readonly command: CommandDeclaration
      readonly globals: readonly SettingOption[]
      readonly parsed: ParsedWords
    }

/** A program on the PATH that runs as a command. */
export interface PluginCall {
  readonly name: string
  readonly file: string
  /** The words after its name, unparsed. */
  readonly words: readonly string[]
  /** The options before its name: `globals` and --with-credentials. */
  readonly options: OptionValues
  readonly globals: readonly SettingOption[]
}

type UnknownWord =
  | { readonly noun: string; readonly verb?: undefined }
  | { readonly noun: string; readonly verb: string; readonly group: CommandGroup }

interface Commands {
  readonly entries: readonly Entry[]
  readonly environment: (name: string) => string | undefined
  /** Finds the program `occi-NAME` on the PATH. */
  readonly plugin?: (name: string) => Promise<string | undefined>
  /** Looks up an unknown noun or verb in the provider's model. */
  readonly discover: (
    words: UnknownWord,
    line: CommandLine,
  ) => Promise<CommandGroup | CommandDeclaration | undefined>
}

/** The deepest command that the words name, with its declarations. */
interface ReachedCommand {
  readonly command: OcciCommand
  readonly group?: CommandGroup
  readonly declaration?: CommandDeclaration
}

export class CommandLine {
  readonly #commands: Commands
  readonly #given: GivenValues = new Map()
  readonly #learntNouns: Entry[] = []
  readonly #learntVerbs: CommandDeclaration[] = []
  /** Called when a command is named, to declare its options or verbs. */
  readonly #fillers = new Map<unknown, () => void | Promise<void>>()
  #globals = globalOptions
  /** Whether the options of a noun's verbs are declared on the noun, too, so that they may precede the verb. */
  #verbsOptions = false
  #reached: ReachedCommand
  /** The words after `help`; undefined unless help was requested that way. */
  #explained: readonly string[] | undefined

  constructor(commands: Commands) {
    this.#commands = commands
    this.#reached = { command: new OcciCommand('occi', this.#given) }
  }

  /** The global options, including those of authentication methods once one of these was found. */
  get globals(): readonly SettingOption[] {
    return this.#globals
  }

  /** The values of the global options that have been parsed so far. */
  get options(): OptionValues {
    return new OptionValues(this.#globals, this.#given, this.#commands.environment)
  }

  /**
   * Throws UsageError for words that are neither commands nor known to the provider's model. The words are
   * parsed again if an unknown one makes it necessary to load more options or the model.
   */
  async read(words: readonly string[]): Promise<CommandRequest> {
    this.#given.clear()
    return (await this.#pluginCall(words)) ?? this.#readOn(words)
  }

  /** Built-in commands and shortcuts come before plugins, and a plugin before a kind of the provider. */
  async #pluginCall(words: readonly string[]): Promise<CommandRequest | undefined> {
    const { entries, plugin } = this.#commands
    const isBuiltIn = (word: string | undefined) =>
      word === 'help' || word === 'version' || entries.some(({ name }) => name === word)
    if (plugin === undefined || isBuiltIn(words[0])) return undefined
    const options = new Map<string, string[]>()
    let place = 0
    const declared = [...this.#globals, withCredentials]
    for (const { option, value = option.bare ?? 'true', index, next } of optionsIn(words, declared)) {
      if (index > place) break
      place = next
      options.set(option.name, [...(options.get(option.name) ?? []), value])
    }
    const name = words[place]
    if (name === undefined || name.startsWith('-') || isBuiltIn(name)) return undefined
    const { expandShortcut } = await import('../shortcuts.js')
    if (expandShortcut(words, place) !== undefined) return undefined
    const file = await plugin(name)
    if (file === undefined) return undefined
    return {
      action: 'plugin',
      name,
      file,
      words: words.slice(place + 1),
      globals: this.#globals,
      options: new OptionValues(declared, options, this.#commands.environment),
    }
  }

  async #readOn(words: readonly string[]): Promise<CommandRequest> {
    this.#explained = undefined
    try {
      await this.#program(words).parseAsync(words, { from: 'user' })
    } catch (error) {
      if (error instanceof NoCommandNamed) return this.#nothingNamed()
      if (error instanceof CommanderError) return this.#refused(error, words)
      throw error
    }
    if (this.#explained !== undefined) return this.#explain(this.#explained)
    const stray = this.#strayWord()
    if (stray !== undefined) return this.#learn(stray, words)
    const { command, declaration } = this.#reached
    if (this.#asks('help') || this.#spellsHelp()) return this.#help()
    if (declaration === undefined) return { action: 'version' }
    const parsed = valuesOf(command, declaration, this.#given, this.#commands.environment)
    return { action: 'run', command: declaration, globals: this.#globals, parsed }
  }

  #nothingNamed(): CommandRequest {
    if (this.#reached.group !== undefined || this.#asks('help')) return this.#help()
    return this.#asks('version') ? { action: 'version' } : { action: 'help', page: { what: 'happy-path' } }
  }

  async #refused(error: CommanderError, words: readonly string[]): Promise<CommandRequest> {
    const { command, declaration } = this.#reached
    const unknownWord =
      error.code === 'commander.unknownCommand' ? (command.args[0] ?? '') : this.#strayWord()
    if (unknownWord === undefined && (this.#asks('help') || this.#spellsHelp())) return this.#help()
    if (command.parent === null && this.#asks('version')) return { action: 'version' }
    const writtenOut = unknownWord === undefined ? undefined : await this.#writtenOut(unknownWord, words)
    if (writtenOut !== undefined) return this.read(writtenOut)
    const unknownOption =
      error.code === 'commander.unknownOption' ||
      (unknownWord !== undefined && command.args.some((word) => word.startsWith('-')))
    if (unknownOption && (await this.#knowsMoreOptions())) return this.read(words)
    if (unknownWord !== undefined) return this.#learn(unknownWord, words)
    await this.#refuseVerbFirst(words)
    throw usageError(error, command, declaration, words)
  }

  /** If the first word is a noun, only that noun is added, and no global options in front of it, to save time. */
  #program([first]: readonly string[]): OcciCommand {
    this.#fillers.clear()
    const program = new OcciCommand('occi', this.#given)
    const all = [...this.#commands.entries, ...this.#learntNouns]
    const named = all.filter(({ name }) => name === first)
    if (named.length === 0) program.declare(this.#globals).declare([versionOption])
    for (const entry of named.length === 0 ? all : named) {
      const noun = this.#add(program, entry.name, () => this.#fillNoun(noun, entry, program.args[1]), {
        hidden: entry.hidden === true,
      })
      noun.summary(entry.summary).helpGroup(`${entry.section}:`)
    }
    this.#addHelp(program, [])
    const version = this.#add(
      program,
      'version',
      () => {
        this.#reached = { command: version.declare(this.#globals).action(() => {}) }
      },
      { hidden: true },
    )
    this.#reached = { command: program }
    return this.#fillingWhenNamed(program)
  }

  #fillingWhenNamed(parent: OcciCommand): OcciCommand {
    return parent.hook('preSubcommand', (_, command) => this.#fillers.get(command)?.())
  }

  #add(
    parent: OcciCommand,
    name: string,
    fill: () => void | Promise<void>,
    options: CommandOptions = {},
  ): OcciCommand {
    const command = new OcciCommand(name, this.#given)
    this.#fillers.set(command, fill)
    parent.addCommand(command, options)
    return command
  }

  async #fillNoun(noun: OcciCommand, entry: Entry, next: string | undefined): Promise<void> {
    const loaded = await entry.load()
    if (!isGroup(loaded)) return this.#fillCommand(noun, { command: noun, declaration: loaded })
    const learnt = this.#learntVerbs.filter(({ path }) => path[0] === loaded.name)
    const verbs = distinct([...loaded.commands, ...learnt])
    const named = verbs.filter((verb) => verbOf(verb) === next)
    this.#fillingWhenNamed(noun).commandsGroup('Verbs:')
    for (const declaration of named.length === 0 ? verbs : named) {
      const name = verbOf(declaration)
      const settings = { hidden: declaration.hidden === true, isDefault: name === loaded.fallback }
      const verb = this.#add(
        noun,
        name,
        () => this.#fillCommand(verb, { command: verb, group: loaded, declaration }),
        settings,
      )
      verb.summary(declaration.summary)
    }
    this.#addHelp(noun, [entry.name])
    if (named.length === 0) noun.declare(this.#globals)
    if (this.#verbsOptions) noun.declare(verbs.flatMap(({ options }) => options))
    this.#reached = { command: noun, group: loaded }
  }

  #fillCommand(
    command: OcciCommand,
    reached: ReachedCommand & { readonly declaration: CommandDeclaration },
  ): void {
    declareCommand(command, reached.declaration, this.#globals).passGivenToCommander()
    this.#reached = reached
  }

  /** `occi help compute create`, `occi compute help create`. */
  #addHelp(parent: OcciCommand, before: readonly string[]): void {
    const help = this.#add(
      parent,
      'help',
      () => {
        help.argument('[words...]').declare(this.#globals).allowUnknownOption()
        help.action((words: readonly string[]) => {
          this.#explained = [...before, ...words]
        })
      },
      { hidden: true },
    )
  }

  async #explain([noun, ...more]: readonly string[]): Promise<CommandRequest> {
    if (noun === undefined) return this.#help()
    const known = [...this.#commands.entries, ...this.#learntNouns]
    const isCommand = known.some(({ name }) => name === noun)
    const { isTopic, topics } = await import('../help/topics.js')
    // `occi help auth` is the topic about logging in, `occi auth help` the help of the command.
    if (isTopic(noun) && (!isCommand || (more.length === 0 && this.#reached.group === undefined))) {
      return { action: 'help', page: { what: 'topic', name: noun } }
    }
    const { expandShortcut } = await import('../shortcuts.js')
    const written = isCommand ? undefined : expandShortcut([noun, ...more], 0)
    if (written !== undefined) return this.#explain(written.filter(isWord))
    const plugin = isCommand ? undefined : await this.#pluginCall([noun, '--help'])
    if (plugin !== undefined) return plugin
    if (!isCommand) refuseSlip(noun, [...known, ...topics])
    return this.#readOn([noun, ...more, '--help'])
  }

  #help(): CommandRequest {
    const { command, group, declaration } = this.#reached
    if (group !== undefined && (declaration === undefined || !this.#isVerbNamed())) {
      const noun = declaration === undefined ? command : command.parent
      return { action: 'help', page: { what: 'group', command: noun ?? command, group } }
    }
    if (declaration === undefined) {
      return { action: 'help', page: { what: 'program', command: command.parent ?? command } }
    }
    return { action: 'help', page: { what: 'command', command, declaration } }
  }

  /** False if the default verb runs because none is named: `occi model` is `occi model list`. */
  #isVerbNamed(): boolean {
    const { command, group } = this.#reached
    return group === undefined || command.parent?.args[0] === command.name()
  }

  /** A word that stands in the place of a verb although the default verb was chosen. */
  #strayWord(): string | undefined {
    const { command, declaration } = this.#reached
    return declaration === undefined || this.#isVerbNamed() ? undefined : command.args.find(isWord)
  }

  /** Whether `help` is the only argument: a command without verbs has no `help` sub-command. */
  #spellsHelp(): boolean {
    const { command, group, declaration } = this.#reached
    return group === undefined && declaration !== undefined && command.args.join(' ') === 'help'
  }

  #asks(option: 'help' | 'version'): boolean {
    return this.#given.has(option)
  }

  /** Declares the options that few command lines use: those of authentication methods, and verbs' before the verb. */
  async #knowsMoreOptions(): Promise<boolean> {
    const { group, declaration } = this.#reached
    if (group !== undefined && declaration === undefined && !this.#verbsOptions) {
      this.#verbsOptions = true
      return true
    }
    if (this.#globals !== globalOptions) return false
    const names = new Set(globalOptions.map(({ name }) => name))
    const more = (await authenticationOptions()).filter(({ name }) => !names.has(name))
    this.#globals = [...globalOptions, ...more]
    return true
  }

  /** Expands a shortcut (`images`, `compute ls`). The module is loaded for unknown words only. */
  async #writtenOut(word: string, words: readonly string[]): Promise<string[] | undefined> {
    const { verbOfShortcut, expandShortcut } = await import('../shortcuts.js')
    const { command, group } = this.#reached
    const place = placeOf(word, words, command.declarations)
    if (group === undefined) return expandShortcut(words, place)
    const verb = verbOfShortcut(word)
    if (verb === undefined || !group.commands.some((each) => verbOf(each) === verb)) return undefined
    return [...words.slice(0, place), verb, ...words.slice(place + 1)]
  }

  /** Throws UsageError for `occi delete compute web`, since `delete` is a command that takes a path. */
  async #refuseVerbFirst(words: readonly string[]): Promise<void> {
    if (this.#commands.entries.find(({ name }) => name === words[0])?.hidden !== true) return
    const { suggestionFor: hereItIs } = await import('../shortcuts.js')
    const hint = hereItIs(words)
    if (hint !== undefined) throw new UsageError(`"occi ${words[0]}" takes a path`, { hint })
  }

  async #learn(word: string, words: readonly string[]): Promise<CommandRequest> {
    const { command, group } = this.#reached
    const from = words.slice(placeOf(word, words, command.declarations))
    if (group === undefined) this.#learntNouns.push(await this.#discoverNoun(word, from))
    else this.#learntVerbs.push(await this.#discoverVerb(word, group, from))
    this.#given.clear()
    return this.#readOn(words)
  }

  /** `words` begins with the noun. */
  async #discoverNoun(noun: string, words: readonly string[]): Promise<Entry> {
    const near = nearestName(noun, ['help', 'version', ...this.#commands.entries.map(({ name }) => name)])
    const learnt = await this.#ask({ noun }, near)
    if (learnt !== undefined) return { name: noun, summary: '', section: '', load: async () => learnt }
    const { suggestionFor: hereItIs } = await import('../shortcuts.js')
    const hint = hereItIs(words)
    if (hint !== undefined) throw new UsageError(`Unknown command "${noun}"`, { hint, at: `occi ${noun}` })
    const { isTopic } = await import('../help/topics.js')
    const meant = isTopic(noun) ? `help ${noun}` : near
    throw new UsageError(`Unknown command "${noun}"`, {
      hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}"occi --help" lists the commands, "occi model kinds" the provider's kinds.`,
      at: `occi ${noun}`,
    })
  }

  /** `words` begins with the verb. */
  async #discoverVerb(
    verb: string,
    group: CommandGroup,
    words: readonly string[],
  ): Promise<CommandDeclaration> {
    const near = nearestName(verb, group.commands.map(verbOf))
    const learnt =
      group.discover === undefined ? undefined : await this.#ask({ noun: group.name, verb, group }, near)
    if (learnt !== undefined && !isGroup(learnt) && verbOf(learnt) === verb) return learnt
    const names = group.commands.filter(({ hidden }) => hidden !== true).map(verbOf)
    const shown = nearestName(verb, names)
    const { suggestionAfterNoun: hereItIsOf } = await import('../shortcuts.js')
    const meant = shown === undefined ? undefined : `Did you mean "${shown}"?`
    const hint = hereItIsOf(group.name, words, names) ?? meant
    throw new UsageError(`"occi ${group.name}" has no command "${verb}"`, {
      hint: `${hint === undefined ? '' : `${/[.?]$/.test(hint) ? hint : `${hint}.`} `}Commands: ${names.join(', ')}.`,
      at: `occi ${group.name} ${verb}`,
      facts: { commands: names },
    })
  }

  /** Ignores errors if a known word is similar: a failing network must not hide the suggestion. */
  async #ask(words: UnknownWord, near: string | undefined) {
    try {
      return await this.#commands.discover(words, this)
    } catch (error) {
      if (near !== undefined && error instanceof OcciError) return undefined
      throw error
    }
  }
}

/** Stands before the name of a plugin only. */
export const withCredentials = {
  name: 'with-credentials',
  description: 'give a plugin also the variables that hold secrets',
}

const versionOption = { name: 'version', description: 'print the version' }

function verbOf({ path }: CommandDeclaration): string {
  return path.at(-1) ?? ''
}

/** Drops duplicates: an action of the provider may have the name of a verb that every noun has. */
function distinct(verbs: readonly CommandDeclaration[]): readonly CommandDeclaration[] {
  const names = verbs.map(verbOf)
  return verbs.filter((_, index) => names[index] !== 'help' && names.indexOf(names[index] ?? '') === index)
}

/** The index of a word, ignoring the values of options. */
function placeOf(word: string, words: readonly string[], options: readonly OptionDeclaration[]): number {
  const values = new Set<number>()
  for (const { index, next } of optionsIn(words, options)) if (next > index + 1) values.add(index + 1)
  return words.findIndex((each, index) => each === word && !values.has(index))
}

function isWord(text: string): boolean {
  return text === '-' || !text.startsWith('-')
}

/** Throws UsageError with a suggestion if the word resembles a known command or topic. */
function refuseSlip(word: string, known: readonly { readonly name: string }[]): void {
  const near = nearestName(
    word,
    known.map(({ name }) => name),
  )
  if (near === undefined) return
  throw new UsageError(`Unknown help topic "${word}"`, {
    hint: `Did you mean "occi help ${near}"? "occi --help" lists commands and topics.`,
    at: word,
  })
}
