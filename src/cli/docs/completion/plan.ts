/** The data that every shell needs to complete a command line, independent of the shell's syntax. */
import type { ArgumentDeclaration } from '../../command.js'
import type { Completion, OptionDeclaration } from '../../options/declaration.js'
import { commandShortcuts, nounShortcuts, verbShortcuts } from '../../shortcuts.js'
import { commandsOf, type Tree, visible } from '../tree.js'

export interface CompletionPlan {
  readonly nouns: readonly Word[]
  /** Verbs by noun; a noun that is a command itself has none. */
  readonly verbs: readonly { readonly noun: string; readonly verbs: readonly Word[] }[]
  readonly commands: readonly PlannedCommand[]
  readonly globals: readonly PlannedOption[]
  /** All options of all commands that take the next word as their value, with their dashes. */
  readonly valued: readonly string[]
  readonly topics: readonly Word[]
  /** Words that stand for a noun or a verb of every noun: `vm`, `ls`. Scripts read them as the latter. */
  readonly nounShortcuts: readonly Shortcut[]
  readonly verbShortcuts: readonly Shortcut[]
}

interface Shortcut {
  readonly word: string
  readonly means: string
}

export interface Word {
  readonly word: string
  readonly says: string
}

export interface PlannedCommand {
  /** `compute create`. */
  readonly name: string
  readonly options: readonly PlannedOption[]
  /** How each argument is completed; a variadic last one repeats. */
  readonly arguments: readonly How[]
  readonly variadic: boolean
}

export interface PlannedOption {
  /** Without dashes. */
  readonly name: string
  readonly short: string | undefined
  readonly says: string
  /** How its value is completed; undefined for a switch. */
  readonly value: How | undefined
  /** The value is given after `=` only. */
  readonly attached: boolean
}

export type How =
  | { readonly how: 'nothing' }
  | { readonly how: 'file' }
  | { readonly how: 'folder' }
  | { readonly how: 'words'; readonly words: readonly string[] }
  /** `occi __complete QUESTION`. */
  | { readonly how: 'ask'; readonly question: string }

export function completionPlan(tree: Tree): CompletionPlan {
  const nouns = tree.nouns.map((noun) => ({ word: noun.name, says: noun.summary }))
  const nounMeanings = shortcuts(nounShortcuts)
  const verbMeanings = shortcuts(verbShortcuts)
  const topics = tree.topics.map((topic) => ({ word: topic.name, says: topic.summary }))
  const help = { word: 'help', says: 'help on a command or topic' }
  const helpWords = { how: 'words', words: [...nouns, ...topics].map(({ word }) => word) } as const
  const globals = visible(tree.globals).map((option) => planOption(option))
  const commands = tree.nouns.flatMap((noun) =>
    commandsOf(noun).map((command) => ({
      name: command.path.join(' '),
      options: visible(command.options).map((option) => planOption(option)),
      arguments: command.arguments.map(planArgument),
      variadic: command.arguments.at(-1)?.variadic === true,
    })),
  )
  const phrases = commandShortcuts.flatMap(([phrase, [noun, verb]]) => {
    const command = commands.find(({ name }) => name === `${noun} ${verb}`)
    return command === undefined ? [] : [{ ...command, name: phrase, means: command.name }]
  })
  const verbs = tree.nouns.flatMap((noun) => {
    const own = commandsOf(noun).flatMap(({ path, summary }) => {
      const [, verb] = path
      return verb === undefined ? [] : [{ word: verb, says: summary }]
    })
    const more = verbMeanings.flatMap(({ word, means }) =>
      own.some((verb) => verb.word === means) && !own.some((verb) => verb.word === word)
        ? [{ word, says: means }]
        : [],
    )
    return own.length === 0 ? [] : [{ noun: noun.name, verbs: [...own, ...more] }]
  })
  return {
    nouns: [
      ...nouns,
      help,
      ...nounMeanings.map(({ word, means }) => ({ word, says: means })),
      ...wordsOfPhrases(phrases),
    ],
    verbs: [...verbs, ...verbsOfPhrases(phrases)],
    commands: [
      ...commands,
      ...phrases,
      { name: 'help', options: [], arguments: [helpWords, { how: 'nothing' }], variadic: false },
    ],
    globals,
    valued: valuedOptions([...globals, ...commands.flatMap((command) => command.options)]),
    topics,
    nounShortcuts: nounMeanings,
    verbShortcuts: verbMeanings,
  }
}

function shortcuts(table: Readonly<Record<string, string>>): readonly Shortcut[] {
  return Object.entries(table).map(([word, means]) => ({ word, means }))
}

interface Phrase {
  readonly name: string
  readonly means: string
}

/** `images`, and `image` of `image list`. */
function wordsOfPhrases(phrases: readonly Phrase[]): readonly Word[] {
  const words = new Map<string, string>()
  for (const { name, means } of phrases) words.set(name.split(' ')[0] ?? name, means)
  return [...words].map(([word, says]) => ({ word, says }))
}

function verbsOfPhrases(phrases: readonly Phrase[]): CompletionPlan['verbs'] {
  const nouns = new Map<string, Word[]>()
  for (const { name, means } of phrases) {
    const [noun = '', verb] = name.split(' ')
    if (verb !== undefined) nouns.set(noun, [...(nouns.get(noun) ?? []), { word: verb, says: means }])
  }
  return [...nouns].map(([noun, verbs]) => ({ noun, verbs }))
}

function planOption(option: OptionDeclaration): PlannedOption {
  return {
    name: option.name,
    short: option.short,
    says: option.description,
    value: option.value === undefined ? undefined : howOf(option.completion, option.choices),
    attached: option.bare !== undefined,
  }
}

function planArgument(argument: ArgumentDeclaration): How {
  return howOf(argument.completion)
}

function howOf(completion: Completion | undefined, choices?: readonly string[]): How {
  if (choices !== undefined) return { how: 'words', words: choices }
  switch (completion?.of) {
    case undefined:
      return { how: 'nothing' }
    case 'words':
      return { how: 'words', words: completion.words }
    case 'file':
    case 'folder':
      return { how: completion.of }
    case 'entity':
      return ask('entity', completion.kind)
    case 'mixin':
      return ask('mixin', completion.depends)
    case 'action':
    case 'attribute':
    case 'state':
      return ask(completion.of, completion.kind)
    case 'network':
    case 'kind':
    case 'category':
    case 'explainable':
    case 'command':
    case 'context':
    case 'group':
    case 'sites':
      return ask(completion.of)
  }
}

/** Names a kind by its term, since `#` and `:` in identifiers need quoting in shells. */
function ask(of: string, detail?: string): How {
  const word = detail === undefined ? '' : ` ${detail.slice(detail.lastIndexOf('#') + 1)}`
  return { how: 'ask', question: `${of}${word}` }
}

function valuedOptions(options: readonly PlannedOption[]): readonly string[] {
  const names = options
    .filter((option) => option.value !== undefined && !option.attached)
    .flatMap((option) => [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])])
  return [...new Set(names)].sort()
}
