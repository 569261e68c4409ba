/** Words that users of other command lines type, and the words of this one that they stand for. */

/** Verbs of every noun that has the verb they stand for. */
export const verbShortcuts: Readonly<Record<string, string>> = {
  ls: 'list',
  show: 'describe',
  get: 'describe',
  rm: 'delete',
}

/** Nouns that stand for another noun. */
export const nounShortcuts: Readonly<Record<string, string>> = {
  vm: 'compute',
  server: 'compute',
  volume: 'storage',
}

const images = ['mixin', 'list', '--of', 'os_tpl']
const sizes = ['mixin', 'list', '--of', 'resource_tpl']

/** Phrases of one or two words that stand for a whole command. */
export const commandShortcuts: readonly (readonly [phrase: string, command: readonly string[]])[] = [
  ['image list', images],
  ['image describe', ['mixin', 'describe']],
  ['images', images],
  ['size list', sizes],
  ['size describe', ['mixin', 'describe']],
  ['sizes', sizes],
  ['flavor list', sizes],
  ['flavor describe', ['mixin', 'describe']],
  ['flavors', sizes],
  ['ps', ['compute', 'list']],
  ['login', ['auth', 'login']],
  ['logout', ['auth', 'logout']],
  ['whoami', ['auth', 'status']],
]

/** Words that could stand for several commands. */
const severalMeanings: Readonly<Record<string, string>> = {
  ls: 'occi compute list shows the machines, occi list-path / everything.',
  show: 'occi compute describe NAME shows a machine; the other nouns have describe, too.',
  get: 'occi compute describe NAME shows a machine, occi compute list all of them.',
  rm: 'occi compute delete NAME deletes a machine; the other nouns have delete, too.',
  status: 'occi auth status shows who you are, occi compute list the states of the machines.',
  image: 'occi image list shows the images, occi image describe NAME one of them.',
  size: 'occi size list shows the sizes, occi size describe NAME one of them.',
  flavor: 'occi flavor list shows the sizes, occi flavor describe NAME one of them.',
}

/** All of them for help pages and manuals: what is typed, and what it stands for. */
export function shortcutLines(): readonly (readonly [typed: string, command: string])[] {
  const typed = new Map<string, string[]>()
  const add = (word: string, command: string) => typed.set(command, [...(typed.get(command) ?? []), word])
  for (const [phrase, command] of commandShortcuts) add(phrase, command.join(' '))
  for (const [word, noun] of Object.entries(nounShortcuts)) add(word, noun)
  for (const [word, verb] of Object.entries(verbShortcuts)) add(`NOUN ${word}`, `NOUN ${verb}`)
  return [...typed].map(([command, words]) => [words.join(', '), command])
}

/** The words with a shortcut at `place` written out; undefined where there is none. */
export function withShortcutWrittenOut(words: readonly string[], place: number): string[] | undefined {
  const [word = '', next = ''] = words.slice(place)
  const replace = (count: number, command: readonly string[]) => [
    ...words.slice(0, place),
    ...command,
    ...words.slice(place + count),
  ]
  const noun = own(nounShortcuts, word)
  if (noun !== undefined) return replace(1, [noun])
  const phrase = `${word} ${own(verbShortcuts, next) ?? next}`
  for (const [known, command] of commandShortcuts) {
    if (known === phrase) return replace(2, command)
    if (known === word) return replace(1, command)
  }
  return undefined
}

/** A hint for a word that several commands could be meant by. */
export function severalMeant(word: string): string | undefined {
  const commands = own(severalMeanings, word)
  return commands === undefined ? undefined : `Here it is: ${commands}`
}

export function verbFor(word: string): string | undefined {
  return own(verbShortcuts, word)
}

function own(table: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}
