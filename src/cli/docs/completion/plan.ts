/** The data of a completion script, independent of the shell's syntax. */
import type { ArgumentDeclaration } from '../../command.js'
import type { Completion, OptionDeclaration } from '../../options/declaration.js'
import { commandShortcuts, nounShortcuts, verbShortcuts } from '../../shortcuts.js'
import { commandsOf, type Documentation, visible } from '../tree.js'

export interface CompletionPlan {
  readonly nouns: readonly Word[]
  /** Verbs by noun. A noun that is a command itself has no entry. */
  readonly verbs: readonly { readonly noun: string; readonly verbs: readonly Word[] }[]
  readonly commands: readonly PlannedCommand[]
  readonly globals: readonly PlannedOption[]
  /** The options of all commands that take the next word as their value, with dashes. */
  readonly optionsWithValue: readonly string[]
  readonly topics: readonly Word[]
  /** Aliases of nouns (`vm`) and of verbs (`ls`). Scripts replace them with their target. */
  readonly nounShortcuts: readonly Shortcut[]
  readonly verbShortcuts: readonly Shortcut[]
}

interface Shortcut {
  readonly word: string
  readonly target: string
}

export interface Word {
  readonly word: string
  readonly description: string
}

export interface PlannedCommand {
  /** `compute create`. */
  readonly name: string
  readonly options: readonly PlannedOption[]
  /** How each argument is completed. */
  readonly arguments: readonly ValueCompletion[]
  readonly variadic: boolean
}

export interface PlannedOption {
  /** Without dashes. */
  readonly name: string
  readonly short: string | undefined
  readonly description: string
  /** How its value is completed; undefined for a switch. */
  readonly value: ValueCompletion | undefined
  /** Whether a value must follow `=`. */
  readonly valueAfterEquals: boolean
}

export type ValueCompletion =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Values printed by `occi __complete QUESTION`. */
  | { readonly kind: 'query'; readonly question: string }

export function completionPlan(tree: Documentation): CompletionPlan {
  const nouns = tree.nouns.map((noun) => ({ word: noun.name, description: noun.summary }))
  const nounTargets = shortcutList(nounShortcuts)
  const verbTargets = shortcutList(verbShortcuts)
  const topics = tree.topics.map((topic) => ({ word: topic.name, description: topic.summary }))
  const help = { word: 'help', description: 'help on a command or topic' }
  const helpWords = { kind: 'words', words: [...nouns, ...topics].map(({ word }) => word) } as const
  const globals = visible(tree.globals).map((option) => planOption(option))
  const commands = tree.nouns.flatMap((noun) =>
    commandsOf(noun).map((command) => ({
      name: command.path.join(' '),
      options: visible(command.options).map((option) => planOption(option)),
      arguments: command.arguments.map(planArgument),
      variadic: command.arguments.at(-1)?.variadic === true,
    })),
  )
  const commandPhrases = commandShortcuts.flatMap(([phrase, [noun, verb]]) => {
    const command = commands.find(({ name }) => name === `${noun} ${verb}`)
    return command === undefined ? [] : [{ ...command, name: phrase, target: command.name }]
  })
  const verbs = tree.nouns.flatMap((noun) => {
    const declaredVerbs = commandsOf(noun).flatMap(({ path, summary }) => {
      const [, verb] = path
      return verb === undefined ? [] : [{ word: verb, description: summary }]
    })
    const aliasVerbs = verbTargets.flatMap(({ word, target }) =>
      declaredVerbs.some((verb) => verb.word === target) && !declaredVerbs.some((verb) => verb.word === word)
        ? [{ word, description: target }]
        : [],
    )
    return declaredVerbs.length === 0 ? [] : [{ noun: noun.name, verbs: [...declaredVerbs, ...aliasVerbs] }]
  })
  return {
    nouns: [
      ...nouns,
      help,
      ...nounTargets.map(({ word, target }) => ({ word, description: target })),
      ...wordsOfPhrases(commandPhrases),
    ],
    verbs: [...verbs, ...verbsOfPhrases(commandPhrases)],
    commands: [
      ...commands,
      ...commandPhrases,
      { name: 'help', options: [], arguments: [helpWords, { kind: 'nothing' }], variadic: false },
    ],
    globals,
    optionsWithValue: optionsTakingNextWord([...globals, ...commands.flatMap((command) => command.options)]),
    topics,
    nounShortcuts: nounTargets,
    verbShortcuts: verbTargets,
  }
}

function shortcutList(table: Readonly<Record<string, string>>): readonly Shortcut[] {
  return Object.entries(table).map(([word, target]) => ({ word, target }))
}

interface Phrase {
  readonly name: string
  readonly target: string
}

/** The first words of command shortcuts: `images`, and `image` of `image list`. */
function wordsOfPhrases(phrases: readonly Phrase[]): readonly Word[] {
  const words = new Map<string, string>()
  for (const { name, target } of phrases) words.set(name.split(' ')[0] ?? name, target)
  return [...words].map(([word, description]) => ({ word, description }))
}

function verbsOfPhrases(phrases: readonly Phrase[]): CompletionPlan['verbs'] {
  const nouns = new Map<string, Word[]>()
  for (const { name, target } of phrases) {
    const [noun = '', verb] = name.split(' ')
    if (verb !== undefined) nouns.set(noun, [...(nouns.get(noun) ?? []), { word: verb, description: target }])
  }
  return [...nouns].map(([noun, verbs]) => ({ noun, verbs }))
}

function planOption(option: OptionDeclaration): PlannedOption {
  return {
    name: option.name,
    short: option.short,
    description: option.description,
    value: option.value === undefined ? undefined : valueCompletion(option.completion, option.choices),
    valueAfterEquals: option.bare !== undefined,
  }
}

function planArgument(argument: ArgumentDeclaration): ValueCompletion {
  return valueCompletion(argument.completion)
}

function valueCompletion(completion: Completion | undefined, choices?: readonly string[]): ValueCompletion {
  if (choices !== undefined) return { kind: 'words', words: choices }
  switch (completion?.of) {
    case undefined:
      return { kind: 'nothing' }
    case 'words':
      return { kind: 'words', words: completion.words }
    case 'file':
    case 'folder':
      return { kind: completion.of }
    case 'entity':
      return cacheQuery(
        'entity',
        completion.kind,
        typeof completion.action === 'object' ? '-' : completion.action,
      )
    case 'mixin':
      return cacheQuery('mixin', completion.family)
    case 'action':
    case 'condition':
    case 'attribute':
    case 'state':
      return cacheQuery(completion.of, completion.kind)
    case 'network':
    case 'kind':
    case 'category':
    case 'explainable':
    case 'columns':
    case 'command':
    case 'context':
    case 'group':
    case 'sites':
      return cacheQuery(completion.of)
  }
}

/** A query for values. Replaces an identifier by its term, since `#` and `:` need quoting in shells. */
function cacheQuery(name: string, detail?: string, action?: string): ValueCompletion {
  const word = detail === undefined ? '' : ` ${detail.slice(detail.lastIndexOf('#') + 1)}`
  return { kind: 'query', question: `${name}${word}${action === undefined ? '' : ` ${action}`}` }
}

function optionsTakingNextWord(options: readonly PlannedOption[]): readonly string[] {
  const names = options
    .filter((option) => option.value !== undefined && !option.valueAfterEquals)
    .flatMap((option) => [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])])
  return [...new Set(names)].sort()
}
