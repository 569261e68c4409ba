/** Translates command lines of rOCCI-cli to the regular form, for `occi translate` and for hints. */
import { checkRequired, checkValue } from './checks.js'
import { OptionError, type ParsedOptions, parseOptions } from './optparse.js'
import { hostnamePattern, splitContext, splitList, splitPairs } from './values.js'

export interface Translation {
  /** The command as one line for a shell; undefined if it could not be translated. */
  readonly command: string | undefined
  /** What differs, or why there is no command. */
  readonly notes: readonly string[]
}

/** Quotes words for the shell and restores their expansions. Implemented by Shell. */
interface ShellWriter {
  isDynamic(text: string): boolean
  write(text: string): string
}

/** Translates the words after `occi`. */
export function translate(argv: readonly string[], shell: ShellWriter): Translation {
  let parsed: ParsedOptions
  try {
    parsed = parseOptions(argv, checkValue)
    if (parsed.informational !== undefined)
      return { command: `occi ${informationalWords[parsed.informational] ?? '--help'}`, notes: [] }
    checkRequired(parsed)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    const hasVariables = argv.some((word) => shell.isDynamic(word))
    const reason = hasVariables
      ? `the values of its variables are unknown: ${shellText(error.message, shell)}`
      : `rOCCI-cli rejects it: ${error.message}`
    return { command: undefined, notes: [reason] }
  }
  for (const option of ['action', 'trigger-action', 'output-format', 'auth']) {
    if (shell.isDynamic(parsed.values.get(option) ?? ''))
      return { command: undefined, notes: [`--${option} is only known at run time`] }
  }
  const resource = parsed.values.get('resource') ?? ''
  if (['list', 'create'].includes(parsed.values.get('action') ?? '') && shell.isDynamic(resource)) {
    if (!templatePattern.test(resource))
      return {
        command: undefined,
        notes: [`the resource in ${shellText(resource, shell)} is only known at run time`],
      }
  }
  const notes: string[] = []
  const state: TranslationState = { parsed, shell, notes, assignments: [], pipedCommands: [] }
  const commandWords = [...verbWords(state), ...connectionWords(state), ...outputWords(state)]
  noteIgnoredWords(state)
  const line = [
    'occi',
    ...commandWords.map((word) => (typeof word === 'string' ? shell.write(word) : word.raw)),
  ].join(' ')
  const pipes = state.pipedCommands.map((command) => `${command} | `).join('')
  const assignments = state.assignments.map((assignment) => `${assignment} `).join('')
  return { command: `${pipes}${assignments}${line}`, notes }
}

const informationalWords: Readonly<Record<string, string>> = {
  version: '--version',
  examples: 'help examples',
}

/** A word, or raw text for the shell. */
type Word = string | { readonly raw: string }

interface TranslationState {
  readonly parsed: ParsedOptions
  readonly shell: ShellWriter
  readonly notes: string[]
  /** Assignments before the command. */
  readonly assignments: string[]
  /** Commands whose output is piped into the command. */
  readonly pipedCommands: string[]
}

function verbWords(state: TranslationState): readonly Word[] {
  const { values } = state.parsed
  if (values.has('dump-model')) {
    const filter = values.get('filter')
    return filter === undefined ? ['model'] : ['model', 'describe', filter]
  }
  const resource = values.get('resource') ?? ''
  return verbs[values.get('action') ?? '']?.({ ...state, resource, ...nounOf(resource, state) }) ?? ['--help']
}

interface Verb extends TranslationState {
  readonly noun: string
  /** Undefined for the whole collection. */
  readonly name: string | undefined
  readonly resource: string
}

const verbs: Readonly<Record<string, (verb: Verb) => readonly Word[]>> = {
  list: ({ noun, resource }) =>
    noun === 'mixin' ? ['mixin', 'list', '--of', resource, '-o', 'id'] : [noun, 'list', '-o', 'url'],
  describe: (verb) => {
    const { noun, name, resource, notes, parsed } = verb
    if ((parsed.values.get('output-format') ?? 'plain') === 'plain')
      notes.push('describe printed lines of "key = value"; use -o json in scripts')
    if (noun === 'mixin')
      return resource.includes('#') ? ['mixin', 'describe', resource] : ['mixin', 'list', '--of', resource]
    return name === undefined ? [noun, 'list'] : [noun, 'describe', name]
  },
  create: (verb) => [verb.noun, 'create', ...creationWords(verb), '-o', 'url'],
  delete: ({ noun, name }) =>
    name === undefined ? [noun, 'delete', '--all', '--yes'] : [noun, 'delete', name, '--yes'],
  unlink: ({ resource }) => ['link', 'delete', resource, '--yes'],
  trigger: ({ noun, name, parsed }) => {
    const action = (parsed.values.get('trigger-action') ?? '').split('#').at(-1) ?? ''
    return [noun, action, ...(name === undefined ? ['--all', '--yes'] : [name]), ...attributeWords(parsed)]
  },
  link: (verb) => [
    verb.noun,
    'link',
    verb.name ?? '',
    ...splitList(verb.parsed.lists.get('link') ?? []),
    ...splitList(verb.parsed.lists.get('mixin') ?? []).flatMap((mixin) => ['--mixin', mixin]),
    ...attributeWords(verb.parsed),
    '-o',
    'url',
  ],
  update: ({ noun, name, parsed }) => [noun, 'update', name ?? '', ...mixinWords(parsed)],
  discover: ({ parsed }) => [
    'model',
    'kinds',
    '--filter',
    `http://schemas.ogf.org/occi/core#${parsed.values.get('entity-type') ?? 'resource'}`,
  ],
}

/** The noun and the name of the instance for `compute`, `/compute/ID`, a URL or an identifier. */
function nounOf(
  resource: string,
  { shell, notes }: TranslationState,
): { noun: string; name: string | undefined } {
  if (templatePattern.test(resource)) return { noun: 'mixin', name: resource }
  const path = resource.replace(/^https?:\/\/[^/]*/, '')
  if (path.startsWith('/') && !path.includes('#')) {
    const segments = path.split('/').filter(Boolean)
    const noun = segments.includes('link') ? 'link' : (segments.at(path.endsWith('/') ? -1 : -2) ?? 'compute')
    if (!shell.isDynamic(noun)) return { noun, name: path.endsWith('/') ? undefined : resource }
  }
  if (shell.isDynamic(resource)) {
    const source = shellText(resource, shell)
    const noun = nounGuesses.find(([pattern]) => pattern.test(source))?.[1] ?? 'compute'
    notes.push(`${source} is assumed to be the location of a ${noun}; change the noun if it is not`)
    return { noun, name: resource }
  }
  return { noun: resource.split('#').at(-1) ?? resource, name: undefined }
}

const templatePattern = /(^|[#/])(os_tpl|resource_tpl)(#|$)/

/** Nouns by the names of variables that hold locations. */
const nounGuesses: readonly (readonly [RegExp, string])[] = [
  [/compute|vm|server|machine|instance/i, 'compute'],
  [/stor|vol|disk|block/i, 'storage'],
  [/link|attach/i, 'link'],
  [/net/i, 'network'],
]

function creationWords(verb: Verb): readonly Word[] {
  const { parsed, noun } = verb
  const words: Word[] = [...mixinWords(parsed), ...attributeWords(parsed)]
  if (noun === 'compute') words.push(...hostnameWords(verb))
  for (const { name, value } of splitContext(parsed.lists.get('context') ?? [])) {
    const option = name === 'public_key' ? '--ssh-key' : '--user-data'
    if (value.startsWith('file://')) words.push(option, value.slice('file://'.length))
    else words.push(option, asFile(value, name === 'public_key' ? "'%s\\n'" : '%s', verb))
  }
  const links = splitList(parsed.lists.get('link') ?? [])
  const isVolume = links.map((path) => path.includes('/storage/'))
  if (isVolume.includes(true) && isVolume.lastIndexOf(false) > isVolume.indexOf(true))
    verb.notes.push('networks are linked before volumes; rOCCI-cli kept the order of --link')
  for (const path of links) {
    words.push(path.includes('/storage/') ? '--storage' : '--network', path)
  }
  const seconds = parsed.values.get('wait-for-active') ?? '0'
  if (seconds !== '0') words.push('--wait', '--wait-timeout', `${seconds}s`)
  return words
}

/**
 * Passes a value as a file: the first one through standard input, others through process substitution.
 */
function asFile(value: string, format: string, { shell, pipedCommands, notes }: Verb): Word {
  const printCommand = `printf ${format} ${shell.write(value)}`
  if (pipedCommands.length === 0) {
    pipedCommands.push(printCommand)
    return '-'
  }
  notes.push('<(…) needs bash, zsh or ksh')
  return { raw: `<(${printCommand})` }
}

/** rOCCI-cli used the title as the host name, while the regular form leaves it to the provider. */
function hostnameWords({ parsed, shell, notes }: Verb): readonly Word[] {
  const pairs = splitPairs(parsed.lists.get('attribute') ?? [])
  if (pairs.some((pair) => pair.startsWith('occi.compute.hostname='))) return []
  const title = pairs
    .findLast((pair) => pair.startsWith('occi.core.title='))
    ?.slice('occi.core.title='.length)
  if (title === undefined) return []
  if (hostnamePattern.test(title)) return ['--attribute', `occi.compute.hostname=${title}`]
  if (shell.isDynamic(title))
    notes.push('rOCCI-cli also used the title as host name; add --hostname if the machine needs it')
  return []
}

function mixinWords(parsed: ParsedOptions): readonly string[] {
  return splitList(parsed.lists.get('mixin') ?? []).flatMap((mixin) => {
    const hash = mixin.lastIndexOf('#')
    const scheme = mixin.slice(0, hash)
    const term = mixin.slice(hash + 1)
    if (scheme === 'os_tpl') return ['--os', term]
    if (scheme === 'resource_tpl') return ['--size', term]
    return ['--mixin', mixin]
  })
}

function attributeWords(parsed: ParsedOptions): readonly string[] {
  const valuesByName = new Map(
    splitPairs(parsed.lists.get('attribute') ?? []).map((pair) => {
      const equals = pair.indexOf('=')
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
  return [...valuesByName].flatMap(([name, value]) => {
    if (name === 'occi.core.title') return ['--title', value]
    if (name === 'occi.core.summary') return ['--summary', value]
    const typedValue = /^(?:num|float|bool)\((.*)\)$/.exec(value)
    return ['--attribute', typedValue === null ? `${name}=${value}` : `${name}:=${typedValue[1]}`]
  })
}

const connectionOptions: Readonly<Record<string, string>> = {
  timeout: '--timeout',
  username: '--username',
  'ca-path': '--ca-path',
  'ca-file': '--ca-file',
  'user-cred': '--user-cred',
}

function connectionWords(state: TranslationState): readonly Word[] {
  const { values } = state.parsed
  const words: Word[] = ['--endpoint', values.get('endpoint') ?? 'http://localhost:3000']
  for (const [name, option] of Object.entries(connectionOptions)) {
    const value = values.get(name)
    if (value !== undefined) words.push(option, name === 'timeout' ? `${value}s` : value)
  }
  const method = values.get('auth') ?? 'none'
  words.push(...(logins[method] ?? ['--auth', method]))
  if (method === 'x509' && !values.has('user-cred'))
    words.push('--user-cred', { raw: '~/.globus/usercred.pem' })
  if (values.has('skip-ca-check')) words.push('--insecure')
  if (values.has('voms') && method === 'x509') words.push('--voms')
  const media = values.get('media-type')
  if (media !== undefined && media !== 'text/plain,text/occi') {
    words.push('--media-type', media === 'application/occi+json' ? 'json-1.1' : media)
  }
  if (values.has('debug')) words.push('--verbose')
  passSecret('password', method, state)
  passSecret('token', method, state)
  return words
}

const logins: Readonly<Record<string, readonly string[]>> = {
  none: [],
  oauth2: ['--auth', 'keystone', '--identity-provider', 'egi.eu', '--protocol', 'oidc'],
}

/** Passes a secret from a variable in the environment. A literal secret is not repeated. */
function passSecret(
  name: 'password' | 'token',
  method: string,
  { parsed, shell, assignments, notes }: TranslationState,
): void {
  const value = parsed.values.get(name)
  if (value === undefined) return
  const variable = secretVariable(name, method)
  if (shell.isDynamic(value)) assignments.push(`${variable}=${shell.write(value)}`)
  else notes.push(`set the ${name} in ${variable}, since other users can read command lines`)
}

function secretVariable(name: 'password' | 'token', method: string): string {
  if (name === 'password') return method === 'x509' ? 'OCCI_PASSPHRASE' : 'OCCI_PASSWORD'
  return method === 'oauth2' ? 'OCCI_ACCESS_TOKEN' : 'OCCI_TOKEN'
}

function outputWords({ parsed, notes }: TranslationState): readonly string[] {
  const format = parsed.values.get('output-format')
  const action = parsed.values.get('action') ?? ''
  if (format === undefined || format === 'plain' || !['describe', 'discover'].includes(action)) return []
  notes.push('the JSON is flat: .attributes["occi.compute.state"], .state, .url')
  return ['-o', 'json']
}

/** Adds notes for words that rOCCI-cli ignored, and for variables that may contain options. */
function noteIgnoredWords({ parsed, shell, notes }: TranslationState): void {
  for (const word of parsed.words) {
    notes.push(
      shell.isDynamic(word)
        ? `${shellText(word, shell)} is omitted, since rOCCI-cli ignores words; translate any options in it`
        : `${JSON.stringify(word)} is omitted, since rOCCI-cli ignores it`,
    )
  }
}

/** The text with its expansions as they are written in the script. */
function shellText(text: string, shell: ShellWriter): string {
  return text.replace(/[\ue000-\uf8ff]/gu, (part) => shell.write(part).replace(/^"(.*)"$/, '$1'))
}
