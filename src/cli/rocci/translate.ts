/** The same command in the new grammar: for `occi translate` and for people who still type the old one. */
import { quote } from '../tour/quote.js'
import { type Parsed, parseOptions } from './optparse.js'
import { splitList, splitPairs } from './values.js'

export interface Translation {
  /** One line for a shell. */
  readonly command: string
  /** What has no counterpart, or needs a look. */
  readonly notes: readonly string[]
}

/** Throws OptionFault for a command line that rOCCI itself would refuse. */
export function translate(argv: readonly string[]): Translation {
  const parsed = parseOptions(argv)
  const notes: string[] = []
  const words = ['occi', ...verbOf(parsed, notes), ...connection(parsed, notes), ...output(parsed, notes)]
  return { command: words.map((word) => (word === 'occi' ? word : quote(word))).join(' '), notes }
}

function verbOf(parsed: Parsed, notes: string[]): readonly string[] {
  const { values } = parsed
  if (values.has('dump-model')) {
    const filter = values.get('filter')
    return filter === undefined ? ['model'] : ['model', 'describe', filter]
  }
  const resource = values.get('resource') ?? ''
  const action = values.get('action') ?? ''
  const { noun, name } = nounOf(resource)
  const translated = verbs[action]?.({ noun, name, resource, parsed, notes })
  return translated ?? ['--help']
}

interface Verb {
  readonly noun: string
  /** Undefined: the whole collection. */
  readonly name: string | undefined
  readonly resource: string
  readonly parsed: Parsed
  readonly notes: string[]
}

const verbs: Readonly<Record<string, (verb: Verb) => readonly string[]>> = {
  list: ({ noun, resource }) => (noun === 'mixin' ? mixinList(resource) : [noun, 'list']),
  describe: ({ noun, name, resource }) => {
    if (noun === 'mixin')
      return resource.includes('#') ? ['mixin', 'describe', resource] : mixinList(resource)
    return name === undefined ? [noun, 'list'] : [noun, 'describe', name]
  },
  create: ({ noun, parsed }) => [noun, 'create', ...creation(parsed)],
  delete: ({ noun, name }) =>
    name === undefined ? [noun, 'delete', '--all', '--yes'] : [noun, 'delete', name, '--yes'],
  unlink: ({ resource }) => ['link', 'delete', resource, '--yes'],
  trigger: ({ noun, name, parsed }) => {
    const action = (parsed.values.get('trigger-action') ?? '').split('#').at(-1) ?? ''
    return [noun, action, ...(name === undefined ? ['--all'] : [name]), ...attributes(parsed)]
  },
  link: ({ noun, name, parsed }) => [noun, 'link', name ?? '', ...splitList(parsed.lists.get('link') ?? [])],
  update: ({ noun, name, parsed }) => [noun, 'update', name ?? '', ...templates(parsed)],
  discover: ({ parsed }) => [
    'model',
    'kinds',
    ...(parsed.values.get('entity-type') === 'link' ? ['--links'] : []),
  ],
}

function mixinList(resource: string): readonly string[] {
  return ['mixin', 'list', '--of', resource]
}

/** `compute`, `/compute/ID`, a URL, an identifier: the noun and what to call the instance by. */
function nounOf(resource: string): { noun: string; name: string | undefined } {
  const path =
    URL.canParse(resource) && /^https?:/.test(resource) && !resource.includes('#')
      ? new URL(resource).pathname
      : resource
  if (path.startsWith('/')) {
    const steps = path.split('/').filter(Boolean)
    const noun = steps[0] === 'link' ? 'link' : (steps.at(-2) ?? steps[0] ?? 'compute')
    return { noun, name: path.endsWith('/') ? undefined : resource }
  }
  const term = resource.split('#').at(-1) ?? resource
  const isTemplate = /(^|[#/])(os_tpl|resource_tpl)(#|$)/.test(resource)
  return isTemplate ? { noun: 'mixin', name: resource } : { noun: term, name: undefined }
}

function creation(parsed: Parsed): readonly string[] {
  const words: string[] = [...templates(parsed), ...attributes(parsed)]
  for (const pair of parsed.lists.get('context') ?? []) {
    const file = /^(public_key|user_data)=file:\/\/(.+)$/.exec(pair)
    if (file?.[1] === 'public_key') words.push('--ssh-key', file[2] ?? '')
    else if (file?.[1] === 'user_data') words.push('--user-data', file[2] ?? '')
    else words.push(pair.startsWith('public_key=') ? '--ssh-key' : '--user-data', '-')
  }
  for (const path of splitList(parsed.lists.get('link') ?? [])) {
    words.push(path.includes('/storage/') ? '--storage' : '--network', path)
  }
  const seconds = Number(parsed.values.get('wait-for-active') ?? 0)
  if (seconds > 0) words.push('--wait', '--wait-timeout', `${seconds}s`)
  return words
}

function templates(parsed: Parsed): readonly string[] {
  return splitList(parsed.lists.get('mixin') ?? []).flatMap((mixin) => {
    const [scheme = '', term = ''] = [
      mixin.slice(0, mixin.lastIndexOf('#')),
      mixin.slice(mixin.lastIndexOf('#') + 1),
    ]
    if (/(^|\/)os_tpl$/.test(scheme)) return ['--os', term]
    if (/(^|\/)resource_tpl$/.test(scheme)) return ['--size', term]
    return ['--mixin', mixin]
  })
}

function attributes(parsed: Parsed): readonly string[] {
  return splitPairs(parsed.lists.get('attribute') ?? []).flatMap((pair) => {
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    if (name === 'occi.core.title') return ['--title', value]
    if (name === 'occi.core.summary') return ['--summary', value]
    const typed = /^(?:num|float|bool)\((.*)\)$/.exec(value)
    return ['--attribute', typed === null ? `${name}=${value}` : `${name}:=${typed[1]}`]
  })
}

const secrets: ReadonlySet<string> = new Set(['password', 'token'])
const connectionWords: Readonly<Record<string, string>> = {
  endpoint: '--endpoint',
  timeout: '--timeout',
  username: '--username',
  'ca-path': '--ca-path',
  'ca-file': '--ca-file',
  'user-cred': '--user-cred',
}

function connection({ values }: Parsed, notes: string[]): readonly string[] {
  const words: string[] = []
  for (const [theirs, ours] of Object.entries(connectionWords)) {
    const value = values.get(theirs)
    if (value !== undefined) words.push(ours, theirs === 'timeout' ? `${value}s` : value)
  }
  const method = values.get('auth')
  if (method !== undefined && method !== 'none')
    words.push('--auth', method === 'oauth2' ? 'keystone' : method)
  if (values.has('skip-ca-check')) words.push('--insecure')
  if (values.has('voms')) words.push('--voms')
  const media = values.get('media-type')
  if (media !== undefined && media !== 'text/plain,text/occi') {
    words.push('--media-type', media === 'application/occi+json' ? 'json-1.1' : media)
  }
  if (values.has('debug')) words.push('--verbose')
  for (const name of secrets) {
    if (values.has(name))
      notes.push(`put the ${name} into OCCI_${name.toUpperCase()}: others can read a command line`)
  }
  return words
}

function output({ values }: Parsed, notes: string[]): readonly string[] {
  const format = values.get('output-format')
  if (format === undefined || format === 'plain') return []
  notes.push('the new JSON is flat: .attributes["occi.compute.state"], .state, .url')
  return ['-o', 'json']
}
