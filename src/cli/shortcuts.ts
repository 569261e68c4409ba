/** Aliases and suggestions for users of other command lines. */

import { shellWord } from '../basics/shell-word.js'

/** Verb aliases, valid for every noun that has the verb they stand for. */
export const verbShortcuts: Readonly<Record<string, string>> = {
  ls: 'list',
  show: 'describe',
  get: 'describe',
  rm: 'delete',
}

/** Noun aliases. */
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
  ['vms', ['compute', 'list']],
  ['servers', ['compute', 'list']],
  ['networks', ['network', 'list']],
  ['volumes', ['storage', 'list']],
  ['kinds', ['model', 'kinds']],
  ['contexts', ['context', 'list']],
  ['use', ['context', 'use']],
  ['login', ['auth', 'login']],
  ['logout', ['auth', 'logout']],
  ['whoami', ['auth', 'status']],
]

/**
 * Verbs with similar meanings; the first of each row is the one that resources have. If a noun lacks the verb that
 * was typed, it may have another of the same row.
 */
const similarVerbs: readonly (readonly string[])[] = [
  ['list', 'ls'],
  ['describe', 'show', 'get', 'view', 'info', 'inspect', 'explain'],
  ['create', 'add', 'new', 'run', 'launch', 'boot'],
  ['delete', 'remove', 'rm', 'destroy', 'terminate'],
  ['update', 'set', 'edit', 'modify', 'resize', 'patch'],
  ['start', 'boot', 'poweron', 'power-on', 'resume', 'unpause'],
  ['stop', 'shutdown', 'poweroff', 'power-off', 'halt', 'kill'],
  ['restart', 'reboot', 'reset'],
  ['suspend', 'pause', 'hibernate'],
  ['link', 'attach', 'mount', 'connect'],
  ['unlink', 'detach', 'umount', 'unmount', 'disconnect'],
  ['use', 'switch', 'select', 'activate'],
]

/** The verbs of nouns that do not use the first verb of a row of similarVerbs, by noun and first verb. */
const specialVerbs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  context: { describe: 'show', create: 'add', delete: 'remove', update: 'set' },
}

/**
 * Suggestions for words of other command lines, as they follow "Here it is: occi". NAME, NAME TARGET or FILE at the
 * end is replaced by the words that the user typed.
 */
const equivalents: Readonly<Record<string, string>> = {
  status: 'auth status shows who you are, occi compute list the states of the machines.',
  image: 'image list shows the images, occi image describe NAME one of them.',
  size: 'size list shows the sizes, occi size describe NAME one of them.',
  flavor: 'flavor list shows the sizes, occi flavor describe NAME one of them.',
  ls: 'compute list shows the machines, occi list-path / everything.',
  list: 'compute list shows the machines, occi list-path / everything.',
  ec2: 'compute list shows the machines, occi compute create NAME makes one.',
  top: 'compute list --watch',
  logs: 'ssh NAME -- journalctl. OCCI itself has no logs of machines.',
  console: 'ssh NAME. OCCI itself has no consoles.',
  exec: 'ssh NAME -- COMMAND runs a command on a machine.',
  attach: 'compute link MACHINE VOLUME attaches a volume, occi ip attach MACHINE a public address.',
  detach: 'compute unlink MACHINE VOLUME detaches a volume, occi ip detach MACHINE a public address.',
  disk: 'storage list shows the volumes.',
  net: 'network list',
  router: 'network list. OCCI itself has no routers.',
  snapshot: 'storage snapshot NAME, occi compute save NAME',
  security: 'mixin list shows what the provider offers, its security groups too if it has them.',
  'security-group': 'mixin list shows what the provider offers, its security groups too if it has them.',
  availability: 'mixin list shows what the provider offers, its zones too if it has them.',
  keypair: 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  key: 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  'ssh-key': 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  keys: 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  keypairs: 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  'ssh-keys': 'compute create NAME --ssh-key FILE. OCCI itself keeps no keys.',
  trigger: 'compute trigger ACTION NAME triggers an action; the other nouns have trigger, too.',
  rebuild: 'compute update NAME --os IMAGE',
  machines: 'compute list',
  instance: 'compute list shows the machines, occi compute create NAME makes one.',
  instances: 'compute list',
  scp: 'compute ip NAME prints the address of a machine, for scp.',
  rsync: 'compute ip NAME prints the address of a machine, for rsync.',
  port: 'link list shows the network interfaces.',
  watch: 'compute list --watch',
  events: 'history shows the requests that changed something, occi compute list --watch what changes.',
  floating: 'ip list shows public addresses, occi ip attach NAME gives one to a machine.',
  'floating-ip': 'ip list shows public addresses, occi ip attach NAME gives one to a machine.',
  'public-ip': 'ip list shows public addresses, occi ip attach NAME gives one to a machine.',
  address: 'ip list',
  quota: 'model list shows what the provider offers. OCCI itself has no quotas.',
  limits: 'model list shows what the provider offers. OCCI itself has no quotas.',
  project: 'context list shows the contexts. A context belongs to one project of a provider.',
  catalog: 'doctor shows what is found at the endpoint.',
  endpoint: 'context list shows the endpoints.',
  profile: 'context list shows the contexts.',
  account: 'context list shows the contexts.',
  cloud: 'context list shows the contexts.',
  region: 'context list shows the contexts. A context belongs to one endpoint.',
  env: 'config explain',
  health: 'doctor',
  ping: 'doctor',
  'cluster-info': 'doctor',
  signin: 'login',
  signout: 'logout',
  token: 'auth token',
  configure: 'login asks for an endpoint and logs in.',
  init: 'login asks for an endpoint and logs in.',
  destroy: 'compute delete NAME deletes a machine, occi stack destroy what a file describes.',
  'api-resources': 'model kinds',
  kind: 'model kinds',
  resources: 'list-path /',
  templates: 'mixin list shows images, sizes and other mixins.',
  os: 'image list',
  plan: 'stack plan',
  apply: 'stack apply',
  up: 'stack apply',
  down: 'stack destroy',
  diff: 'stack plan',
  'config view': 'config explain',
  'config list': 'config explain',
  'config get': 'config explain',
  'config set': 'context set NAME --OPTION VALUE changes a setting of a context.',
  'config get-contexts': 'context list',
  'config use-context': 'context use NAME',
  'config current-context': 'context show',
  'auth whoami': 'auth status',
  'storage attach': 'compute link MACHINE VOLUME',
  'storage detach': 'compute unlink MACHINE VOLUME',
}

/** All shortcuts, for help and manual pages. Shortcuts for the same command share a line. */
export function shortcutLines(): readonly (readonly [typed: string, command: string])[] {
  const typed = new Map<string, string[]>()
  const add = (word: string, command: string) => typed.set(command, [...(typed.get(command) ?? []), word])
  for (const [phrase, command] of commandShortcuts) add(phrase, command.join(' '))
  for (const [word, noun] of Object.entries(nounShortcuts)) add(word, noun)
  for (const [word, verb] of Object.entries(verbShortcuts)) add(`NOUN ${word}`, `NOUN ${verb}`)
  return [...typed].map(([command, words]) => [words.join(', '), command])
}

/** Replaces the shortcut that begins at `index` with its command. Undefined if there is no shortcut. */
export function expandShortcut(words: readonly string[], index: number): string[] | undefined {
  const [word = '', next = ''] = words.slice(index)
  const replace = (count: number, command: readonly string[]) => [
    ...words.slice(0, index),
    ...command,
    ...words.slice(index + count),
  ]
  const noun = lookUp(nounShortcuts, word)
  if (noun !== undefined) return replace(1, [noun])
  const singular = next === '' || next.startsWith('-') ? undefined : singularOf(word)
  if (singular !== undefined) {
    const replaced = replace(1, [singular])
    return expandShortcut(replaced, index) ?? replaced
  }
  const phrase = `${word} ${lookUp(verbShortcuts, next) ?? next}`
  for (const [shortcut, command] of commandShortcuts) {
    if (shortcut === phrase) return replace(2, command)
    if (shortcut === word) return replace(1, command)
  }
  return undefined
}

/** The singular of a plural before a verb: `server` for `servers show web`. A plural alone lists (`servers`). */
function singularOf(plural: string): string | undefined {
  const singular = plural.replace(/s$/, '')
  const isNoun = commandShortcuts.some(
    ([phrase, command]) => phrase === `${singular} list` || (phrase === plural && command[0] === singular),
  )
  return singular !== plural && (isNoun || Object.hasOwn(nounShortcuts, singular)) ? singular : undefined
}

/**
 * Suggests a command for an unknown word: `Here it is: occi compute restart web`. `words` begin with the unknown
 * word. Those after the first option are not repeated, since they may be secret.
 */
export function suggestionFor(words: readonly string[]): string | undefined {
  const plainWords = wordsBeforeOptions(words)
  const [word = '', next = '', ...rest] = plainWords
  const verb = similarVerbs.find((row) => row.includes(word))?.[0]
  const noun = lookUp(nounsAfterVerb, next)
  if (verb !== undefined && noun !== undefined) {
    return suggestion(commandWithVerb(word === 'get' && rest.length === 0 ? 'list' : verb, noun), rest)
  }
  const phraseEquivalent = lookUp(equivalents, `${word} ${next}`)
  if (phraseEquivalent !== undefined) return suggestion(phraseEquivalent, rest)
  const equivalent = lookUp(equivalents, word)
  if (equivalent !== undefined) return suggestion(equivalent, plainWords.slice(1))
  if (verb === 'use') return suggestion('context use NAME', plainWords.slice(1))
  if (verb === undefined) return undefined
  const command = suggestion(commandWithVerb(verb, 'compute'), plainWords.slice(1))
  // Machines, volumes, networks and links have these; the other verbs exist for some of them only.
  return ['list', 'describe', 'create', 'delete'].includes(verb)
    ? `${command}; the other nouns have ${verb}, too.`
    : command
}

/** Suggests a command for words after a noun that begin with an unknown verb; `verbs` are those of the noun. */
export function suggestionAfterNoun(
  noun: string,
  words: readonly string[],
  verbs: readonly string[],
): string | undefined {
  const [word = '', ...rest] = wordsBeforeOptions(words)
  const equivalent = lookUp(equivalents, `${noun} ${word}`)
  if (equivalent !== undefined) return suggestion(equivalent, rest)
  const [second = '', ...others] = rest
  if (verbs.includes(second)) return suggestion(`${noun} ${second} NAME`, [word, ...others])
  const rows = similarVerbs.filter((row) => row.includes(word))
  const verb = rows.flat().find((similar) => verbs.includes(similar))
  return verb === undefined ? undefined : suggestion(`${noun} ${verb} NAME`, rest)
}

/** The nouns for words after a verb: `get servers`, `list images`. */
const nounsAfterVerb: Readonly<Record<string, string>> = {
  ...nounShortcuts,
  ...Object.fromEntries(
    ['compute', 'network', 'storage', 'link', 'ip', 'context', 'mixin', 'image', 'size', 'flavor'].map(
      (noun) => [noun, noun],
    ),
  ),
  vms: 'compute',
  servers: 'compute',
  machines: 'compute',
  instances: 'compute',
  pods: 'compute',
  nodes: 'compute',
  networks: 'network',
  volumes: 'storage',
  images: 'image',
  sizes: 'size',
  flavors: 'flavor',
  links: 'link',
  contexts: 'context',
}

/** The command for the first verb of a row of similarVerbs, with NAME and TARGET as it needs them. */
function commandWithVerb(verb: string, noun: string): string {
  const actualVerb = lookUp(lookUp(specialVerbs, noun) ?? {}, verb) ?? verb
  if (actualVerb === 'link' || actualVerb === 'unlink') return `${noun} ${actualVerb} NAME TARGET`
  return actualVerb === 'list' ? `${noun} list` : `${noun} ${actualVerb} NAME`
}

/** The suggestion with the words that the user typed in place of NAME, NAME TARGET or FILE at its end. */
function suggestion(command: string, words: readonly string[]): string {
  const typed = words.map((word) => shellWord(word)).join(' ')
  const completed = typed === '' ? command : command.replace(/ (NAME( TARGET)?|FILE)$/, ` ${typed}`)
  return `Here it is: occi ${completed}`
}

function wordsBeforeOptions(words: readonly string[]): readonly string[] {
  const firstOption = words.findIndex((word) => word.startsWith('-'))
  return firstOption < 0 ? words : words.slice(0, firstOption)
}

/** The verb that an alias stands for: `list` for `ls`. */
export function verbOfShortcut(word: string): string | undefined {
  return lookUp(verbShortcuts, word)
}

function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}
