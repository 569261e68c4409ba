/**
 * Parses a command line with commander: one program whose sub-commands come from the declarations. To save time,
 * only the named noun is loaded, and only the options of the named verb are declared.
 */

import { CommanderError, type CommandOptions } from 'commander'
import { nearestName } from '../../basics/nearest.js'
import { OcciError, UsageError } from '../../errors/errors.js'
import { type CommandDeclaration, type CommandEntry, type CommandGroup, isGroup } from '../command.js'
import type { HelpRequest } from '../help/index.js'
import type { OptionDeclaration, SettingOption } from '../options/declaration.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import { OptionValues, type ParsedWords } from '../options/values.js'
import { usageError } from './errors.js'
import { NoCommandNamed, OcciCommand, type ValuesByOption } from './occi-command.js'
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
  /** The words after the plugin's name, unparsed. */
  readonly words: readonly string[]
  /** The options before the plugin's name: `globals` and --with-credentials. */
  readonly options: OptionValues
  readonly globals: readonly SettingOption[]
}

/** A noun, or a verb of a known noun, that no declaration defines. */
type UnknownCommand =
  | { readonly noun: string; readonly verb?: undefined }
  | { readonly noun: string; readonly verb: string; readonly group: CommandGroup }

interface Commands {
  readonly entries: readonly CommandEntry[]
  readonly environment: (name: string) => string | undefined
  /** Finds the program `occi-NAME` on the PATH. */
  readonly plugin?: (name: string) => Promise<string | undefined>
  /** Looks up an unknown noun or verb in the provider's model. */
  readonly discover: (
    unknown: UnknownCommand,
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
  readonly #values: ValuesByOption = new Map()
  readonly #discoveredNouns: CommandEntry[] = []
  readonly #discoveredVerbs: CommandDeclaration[] = []
  /** For each command, the function that declares its options or verbs, called when a command line names it. */
  readonly #declareWhenNamed = new Map<unknown, () => void | Promise<void>>()
  #globals = globalOptions
  /** Whether a noun accepts the options of its verbs, so that they may precede the verb. */
  #verbOptionsOnNoun = false
  #reached: ReachedCommand
  /** The words after `help` (`occi help compute`); undefined on other command lines. */
  #helpWords: readonly string[] | undefined

  constructor(commands: Commands) {
    this.#commands = commands
    this.#reached = { command: new OcciCommand('occi', this.#values) }
  }

  /** The global options, including those of authentication methods if the command line has one of them. */
  get globals(): readonly SettingOption[] {
    return this.#globals
  }

  /** The values of the global options that have been parsed so far. */
  get options(): OptionValues {
    return new OptionValues(this.#globals, this.#values, this.#commands.environment)
  }

  /**
   * Parses the words of a command line. If one is unknown, loads more options or the provider's model, and parses
   * again. Throws UsageError for words that remain unknown.
   */
  async read(words: readonly string[]): Promise<CommandRequest> {
    this.#values.clear()
    return (await this.#pluginCall(words)) ?? this.#parse(words)
  }

  /**
   * The call of a plugin; undefined if the words do not name one. Built-in commands and shortcuts take precedence over
   * plugins, and plugins over kinds of the provider.
   */
  async #pluginCall(words: readonly string[]): Promise<CommandRequest | undefined> {
    const { entries, plugin } = this.#commands
    const isBuiltIn = (word: string | undefined) =>
      word === 'help' || word === 'version' || entries.some(({ name }) => name === word)
    if (plugin === undefined || isBuiltIn(words[0])) return undefined
    const options = new Map<string, string[]>()
    let nameIndex = 0
    const declared = [...this.#globals, withCredentials]
    for (const { option, value = option.bare ?? 'true', index, next } of optionsIn(words, declared)) {
      if (index > nameIndex) break
      nameIndex = next
      options.set(option.name, [...(options.get(option.name) ?? []), value])
    }
    const name = words[nameIndex]
    if (name === undefined || name.startsWith('-') || isBuiltIn(name)) return undefined
    const { expandShortcut } = await import('../shortcuts.js')
    if (expandShortcut(words, nameIndex) !== undefined) return undefined
    const file = await plugin(name)
    if (file === undefined) return undefined
    return {
      action: 'plugin',
      name,
      file,
      words: words.slice(nameIndex + 1),
      globals: this.#globals,
      options: new OptionValues(declared, options, this.#commands.environment),
    }
  }

  async #parse(words: readonly string[]): Promise<CommandRequest> {
    this.#helpWords = undefined
    try {
      await this.#program(words).parseAsync(words, { from: 'user' })
    } catch (error) {
      if (error instanceof NoCommandNamed) return this.#requestWithoutCommand()
      if (error instanceof CommanderError) return this.#recover(error, words)
      throw error
    }
    if (this.#helpWords !== undefined) return this.#helpOn(this.#helpWords)
    const strayWord = this.#strayWord()
    if (strayWord !== undefined) return this.#discover(strayWord, words)
    const { command, declaration } = this.#reached
    if (this.#isRequested('help') || this.#isHelpTheOnlyArgument()) return this.#help()
    if (declaration === undefined) return { action: 'version' }
    const parsed = valuesOf(command, declaration, this.#values, this.#commands.environment)
    return { action: 'run', command: declaration, globals: this.#globals, parsed }
  }

  #requestWithoutCommand(): CommandRequest {
    if (this.#reached.group !== undefined || this.#isRequested('help')) return this.#help()
    return this.#isRequested('version')
      ? { action: 'version' }
      : { action: 'help', page: { what: 'happy-path' } }
  }

  /**
   * Handles an error of commander: returns a request for help or the version, or parses again with a shortcut
   * expanded, more options or the provider's model. Throws UsageError if none of these apply.
   */
  async #recover(error: CommanderError, words: readonly string[]): Promise<CommandRequest> {
    const { command, declaration } = this.#reached
    const unknownWord =
      error.code === 'commander.unknownCommand' ? (command.args[0] ?? '') : this.#strayWord()
    if (unknownWord === undefined && (this.#isRequested('help') || this.#isHelpTheOnlyArgument()))
      return this.#help()
    if (command.parent === null && this.#isRequested('version')) return { action: 'version' }
    const expanded = unknownWord === undefined ? undefined : await this.#expandShortcut(unknownWord, words)
    if (expanded !== undefined) return this.read(expanded)
    const unknownOption =
      error.code === 'commander.unknownOption' ||
      (unknownWord !== undefined && command.args.some((word) => word.startsWith('-')))
    if (unknownOption && (await this.#declareMoreOptions())) return this.read(words)
    if (unknownWord !== undefined) return this.#discover(unknownWord, words)
    await this.#rejectVerbFirst(words)
    throw usageError(error, command, declaration, words)
  }

  /**
   * The program with all nouns. If the first word is a noun, only that one is added and the global options are not
   * declared, to save time.
   */
  #program([first]: readonly string[]): OcciCommand {
    this.#declareWhenNamed.clear()
    const program = new OcciCommand('occi', this.#values)
    const entries = [...this.#commands.entries, ...this.#discoveredNouns]
    const namedEntries = entries.filter(({ name }) => name === first)
    if (namedEntries.length === 0) program.declare(this.#globals).declare([versionOption])
    for (const entry of namedEntries.length === 0 ? entries : namedEntries) {
      const noun = this.#add(program, entry.name, () => this.#declareNoun(noun, entry, program.args[1]), {
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
    return this.#declareOnDemand(program)
  }

  /** Declares a sub-command of `parent` when the command line names it. */
  #declareOnDemand(parent: OcciCommand): OcciCommand {
    return parent.hook('preSubcommand', (_, command) => this.#declareWhenNamed.get(command)?.())
  }

  #add(
    parent: OcciCommand,
    name: string,
    declare: () => void | Promise<void>,
    options: CommandOptions = {},
  ): OcciCommand {
    const command = new OcciCommand(name, this.#values)
    this.#declareWhenNamed.set(command, declare)
    parent.addCommand(command, options)
    return command
  }

  /** Loads a noun and declares its verbs, or its options if it is a command. `next` is the word after the noun. */
  async #declareNoun(noun: OcciCommand, entry: CommandEntry, next: string | undefined): Promise<void> {
    const loaded = await entry.load()
    if (!isGroup(loaded)) return this.#declareCommand(noun, { command: noun, declaration: loaded })
    const discovered = this.#discoveredVerbs.filter(({ path }) => path[0] === loaded.name)
    const verbs = distinct([...loaded.commands, ...discovered])
    const namedVerbs = verbs.filter((verb) => verbOf(verb) === next)
    this.#declareOnDemand(noun).commandsGroup('Verbs:')
    for (const declaration of namedVerbs.length === 0 ? verbs : namedVerbs) {
      const name = verbOf(declaration)
      const settings = { hidden: declaration.hidden === true, isDefault: name === loaded.fallback }
      const verb = this.#add(
        noun,
        name,
        () => this.#declareCommand(verb, { command: verb, group: loaded, declaration }),
        settings,
      )
      verb.summary(declaration.summary)
    }
    this.#addHelp(noun, [entry.name])
    if (namedVerbs.length === 0) noun.declare(this.#globals)
    if (this.#verbOptionsOnNoun) noun.declare(verbs.flatMap(({ options }) => options))
    this.#reached = { command: noun, group: loaded }
  }

  #declareCommand(
    command: OcciCommand,
    reached: ReachedCommand & { readonly declaration: CommandDeclaration },
  ): void {
    declareCommand(command, reached.declaration, this.#globals).passValuesToCommander()
    this.#reached = reached
  }

  /** Adds the sub-command `help`: `occi help compute create`, `occi compute help create`. */
  #addHelp(parent: OcciCommand, parentWords: readonly string[]): void {
    const help = this.#add(
      parent,
      'help',
      () => {
        help.argument('[words...]').declare(this.#globals).allowUnknownOption()
        help.action((words: readonly string[]) => {
          this.#helpWords = [...parentWords, ...words]
        })
      },
      { hidden: true },
    )
  }

  /** The request for help on a topic, noun or verb. */
  async #helpOn([noun, ...words]: readonly string[]): Promise<CommandRequest> {
    if (noun === undefined) return this.#help()
    const entries = [...this.#commands.entries, ...this.#discoveredNouns]
    const isCommand = entries.some(({ name }) => name === noun)
    const { isTopic, topics } = await import('../help/topics.js')
    // `occi help auth` is the topic about logging in, `occi auth help` the help of the command.
    if (isTopic(noun) && (!isCommand || (words.length === 0 && this.#reached.group === undefined))) {
      return { action: 'help', page: { what: 'topic', name: noun } }
    }
    const { expandShortcut } = await import('../shortcuts.js')
    const expanded = isCommand ? undefined : expandShortcut([noun, ...words], 0)
    if (expanded !== undefined) return this.#helpOn(expanded.filter(isWord))
    const plugin = isCommand ? undefined : await this.#pluginCall([noun, '--help'])
    if (plugin !== undefined) return plugin
    if (!isCommand) rejectMisspelling(noun, [...entries, ...topics])
    return this.#parse([noun, ...words, '--help'])
  }

  /** The request for help on the command that was reached. */
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

  /** Whether the words name the verb. If not, the default verb runs: `occi model` is `occi model list`. */
  #isVerbNamed(): boolean {
    const { command, group } = this.#reached
    return group === undefined || command.parent?.args[0] === command.name()
  }

  /** The word in the position of the verb if it names no verb, so that commander chose the default verb. */
  #strayWord(): string | undefined {
    const { command, declaration } = this.#reached
    return declaration === undefined || this.#isVerbNamed() ? undefined : command.args.find(isWord)
  }

  /** Whether the command has no verbs, and so no `help` sub-command, and `help` is its only argument. */
  #isHelpTheOnlyArgument(): boolean {
    const { command, group, declaration } = this.#reached
    return group === undefined && declaration !== undefined && command.args.join(' ') === 'help'
  }

  #isRequested(option: 'help' | 'version'): boolean {
    return this.#values.has(option)
  }

  /**
   * Declares options that few command lines use: those of the noun's verbs before the verb, or those of authentication
   * methods. Returns whether there were any.
   */
  async #declareMoreOptions(): Promise<boolean> {
    const { group, declaration } = this.#reached
    if (group !== undefined && declaration === undefined && !this.#verbOptionsOnNoun) {
      this.#verbOptionsOnNoun = true
      return true
    }
    if (this.#globals !== globalOptions) return false
    const names = new Set(globalOptions.map(({ name }) => name))
    const methodOptions = (await authenticationOptions()).filter(({ name }) => !names.has(name))
    this.#globals = [...globalOptions, ...methodOptions]
    return true
  }

  /** Expands a shortcut (`images`, `compute ls`). The module of shortcuts is loaded for unknown words only. */
  async #expandShortcut(word: string, words: readonly string[]): Promise<string[] | undefined> {
    const { verbOfShortcut, expandShortcut } = await import('../shortcuts.js')
    const { command, group } = this.#reached
    const index = indexOfWord(word, words, command.declarations)
    if (group === undefined) return expandShortcut(words, index)
    const verb = verbOfShortcut(word)
    if (verb === undefined || !group.commands.some((each) => verbOf(each) === verb)) return undefined
    return [...words.slice(0, index), verb, ...words.slice(index + 1)]
  }

  /** Throws UsageError for `occi delete compute web`, since `delete` is a command that takes a path. */
  async #rejectVerbFirst(words: readonly string[]): Promise<void> {
    if (this.#commands.entries.find(({ name }) => name === words[0])?.hidden !== true) return
    const { suggestionFor } = await import('../shortcuts.js')
    const hint = suggestionFor(words)
    if (hint !== undefined) throw new UsageError(`"occi ${words[0]}" takes a path`, { hint })
  }

  /** Adds the command that an unknown word names in the provider's model, and parses again. */
  async #discover(word: string, words: readonly string[]): Promise<CommandRequest> {
    const { command, group } = this.#reached
    const unknownWords = words.slice(indexOfWord(word, words, command.declarations))
    if (group === undefined) this.#discoveredNouns.push(await this.#discoverNoun(word, unknownWords))
    else this.#discoveredVerbs.push(await this.#discoverVerb(word, group, unknownWords))
    this.#values.clear()
    return this.#parse(words)
  }

  /** Throws UsageError with a suggestion if the provider has no such kind. `words` begin with the noun. */
  async #discoverNoun(noun: string, words: readonly string[]): Promise<CommandEntry> {
    const similar = nearestName(noun, ['help', 'version', ...this.#commands.entries.map(({ name }) => name)])
    const discovered = await this.#askProvider({ noun }, similar)
    if (discovered !== undefined)
      return { name: noun, summary: '', section: '', load: async () => discovered }
    const { suggestionFor } = await import('../shortcuts.js')
    const hint = suggestionFor(words)
    if (hint !== undefined) throw new UsageError(`Unknown command "${noun}"`, { hint, at: `occi ${noun}` })
    const { isTopic } = await import('../help/topics.js')
    const suggested = isTopic(noun) ? `help ${noun}` : similar
    const question = suggested === undefined ? '' : `Did you mean "${suggested}"? `
    throw new UsageError(`Unknown command "${noun}"`, {
      hint: `${question}"occi --help" lists the commands, "occi model kinds" the provider's kinds.`,
      at: `occi ${noun}`,
    })
  }

  /** Throws UsageError with a suggestion if the group's kind has no such action. `words` begin with the verb. */
  async #discoverVerb(
    verb: string,
    group: CommandGroup,
    words: readonly string[],
  ): Promise<CommandDeclaration> {
    const similar = nearestName(verb, group.commands.map(verbOf))
    const discovered =
      group.discover === undefined
        ? undefined
        : await this.#askProvider({ noun: group.name, verb, group }, similar)
    if (discovered !== undefined && !isGroup(discovered) && verbOf(discovered) === verb) return discovered
    const names = group.commands.filter(({ hidden }) => hidden !== true).map(verbOf)
    const similarShown = nearestName(verb, names)
    const { suggestionAfterNoun } = await import('../shortcuts.js')
    const question = similarShown === undefined ? undefined : `Did you mean "${similarShown}"?`
    const suggestion = suggestionAfterNoun(group.name, words, names) ?? question
    const sentences = suggestion === undefined || /[.?]$/.test(suggestion) ? suggestion : `${suggestion}.`
    const commands = `Commands: ${names.join(', ')}.`
    throw new UsageError(`"occi ${group.name}" has no command "${verb}"`, {
      hint: sentences === undefined ? commands : `${sentences} ${commands}`,
      at: `occi ${group.name} ${verb}`,
      facts: { commands: names },
    })
  }

  /**
   * Looks up the command in the provider's model. Ignores errors if a known word is similar, since a failing network
   * must not hide the suggestion.
   */
  async #askProvider(unknown: UnknownCommand, similar: string | undefined) {
    try {
      return await this.#commands.discover(unknown, this)
    } catch (error) {
      if (similar !== undefined && error instanceof OcciError) return undefined
      throw error
    }
  }
}

/** An option that is valid only before the name of a plugin. */
export const withCredentials = {
  name: 'with-credentials',
  description: 'pass the variables that hold secrets to the plugin, too',
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

/** The index of the first word equal to `word` that is not the value of an option. */
function indexOfWord(word: string, words: readonly string[], options: readonly OptionDeclaration[]): number {
  const values = new Set<number>()
  for (const { index, next } of optionsIn(words, options)) if (next > index + 1) values.add(index + 1)
  return words.findIndex((each, index) => each === word && !values.has(index))
}

function isWord(text: string): boolean {
  return text === '-' || !text.startsWith('-')
}

/** Throws UsageError with a suggestion if the word resembles a known command or topic. */
function rejectMisspelling(word: string, commandsAndTopics: readonly { readonly name: string }[]): void {
  const similar = nearestName(
    word,
    commandsAndTopics.map(({ name }) => name),
  )
  if (similar === undefined) return
  throw new UsageError(`Unknown help topic "${word}"`, {
    hint: `Did you mean "occi help ${similar}"? "occi --help" lists commands and topics.`,
    at: word,
  })
}
