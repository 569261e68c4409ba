/** rOCCI-cli 4.3's options as data, in the order of its --help (peers.md §1.2). */

export type RocciValue = 'flag' | 'text' | 'integer' | 'list'

export interface RocciOption {
  readonly short: string
  readonly long: string
  readonly kind: RocciValue
  /** Metavariable as --help shows it. */
  readonly meta?: string
  /** Allowed words; a unique beginning of one is accepted too, as Ruby's optparse does. */
  readonly choices?: readonly string[]
  readonly description: string
}

export const mediaTypes = [
  'application/occi+json',
  'text/plain,text/occi',
  'text/plain',
  'text/occi',
] as const
export const outputFormats = [
  'json',
  'plain',
  'json_pretty',
  'json_extended',
  'json_extended_pretty',
] as const
export const actions = [
  'list',
  'describe',
  'create',
  'delete',
  'trigger',
  'link',
  'unlink',
  'discover',
  'update',
] as const
export const authMethods = ['x509', 'token', 'basic', 'digest', 'oauth2', 'none'] as const

export const rocciOptions: readonly RocciOption[] = [
  {
    short: 'e',
    long: 'endpoint',
    kind: 'text',
    meta: 'URI',
    description: 'OCCI server URI, defaults to "http://localhost:3000"',
  },
  {
    short: 'n',
    long: 'auth',
    kind: 'text',
    meta: 'METHOD',
    choices: authMethods,
    description: 'Authentication method, only: [x509|token|basic|digest|oauth2|none], defaults to "none"',
  },
  {
    short: 'k',
    long: 'timeout',
    kind: 'integer',
    meta: 'SEC',
    description: 'Default timeout for all HTTP connections, in seconds',
  },
  {
    short: 'u',
    long: 'username',
    kind: 'text',
    meta: 'USER',
    description: 'Username for basic or digest authentication, defaults to "anonymous"',
  },
  {
    short: 'p',
    long: 'password',
    kind: 'text',
    meta: 'PASSWORD',
    description: 'Password for basic, digest and x509 authentication',
  },
  {
    short: 'c',
    long: 'ca-path',
    kind: 'text',
    meta: 'PATH',
    description: 'Path to CA certificates directory, defaults to "/etc/grid-security/certificates"',
  },
  {
    short: 'f',
    long: 'ca-file',
    kind: 'text',
    meta: 'PATH',
    description: 'Path to CA certificates in a file',
  },
  {
    short: 's',
    long: 'skip-ca-check',
    kind: 'flag',
    description: 'Skip server certificate verification [NOT recommended]',
  },
  {
    short: 'F',
    long: 'filter',
    kind: 'text',
    meta: 'CATEGORY',
    description:
      'Category type identifier to filter categories from model, must be used together with the -m option',
  },
  {
    short: 'x',
    long: 'user-cred',
    kind: 'text',
    meta: 'FILE',
    description: 'Path to user\'s x509 credentials, defaults to "~/.globus/usercred.pem"',
  },
  {
    short: 'X',
    long: 'voms',
    kind: 'flag',
    description: 'Using VOMS credentials; modifies behavior of the X509 authN module',
  },
  {
    short: 'q',
    long: 'token',
    kind: 'text',
    meta: 'TOKEN',
    description: 'A pre-generated token to be used for authentication purposes',
  },
  {
    short: 'y',
    long: 'media-type',
    kind: 'text',
    meta: 'MEDIA_TYPE',
    choices: mediaTypes,
    description:
      'Media type for client <-> server communication, only: [application/occi+json|text/plain,text/occi|text/plain|text/occi], defaults to "text/plain,text/occi"',
  },
  {
    short: 'r',
    long: 'resource',
    kind: 'text',
    meta: 'RESOURCE',
    description: 'Term, identifier or URI of a resource to be queried, required',
  },
  {
    short: 't',
    long: 'attribute',
    kind: 'list',
    meta: 'ATTR',
    description:
      'An "attribute=\'value\'" pair, mandatory attrs for creating new resource instances: [occi.core.title]',
  },
  {
    short: 'T',
    long: 'context',
    kind: 'list',
    meta: 'CTX_VAR',
    description:
      "A \"context_variable='value'\" pair for new 'compute' resource instances, only: [public_key, user_data]",
  },
  {
    short: 'a',
    long: 'action',
    kind: 'text',
    meta: 'ACTION',
    choices: actions,
    description: 'Action to be performed on a resource instance, required',
  },
  {
    short: 'M',
    long: 'mixin',
    kind: 'list',
    meta: 'IDENTIFIER',
    description: 'Identifier of a mixin, formatted as SCHEME#TERM or SHORT_SCHEME#TERM',
  },
  {
    short: 'j',
    long: 'link',
    kind: 'list',
    meta: 'URI',
    description: "URI of an instance to be linked with the given resource, applicable only for action 'link'",
  },
  {
    short: 'g',
    long: 'trigger-action',
    kind: 'text',
    meta: 'ACTION',
    description: 'Action to be triggered on the resource, formatted as SCHEME#TERM or TERM',
  },
  {
    short: 'i',
    long: 'entity-type',
    kind: 'text',
    meta: 'TYPE',
    choices: ['resource', 'link'],
    description: 'Entity types to perform discovery on, only: [resource|link]',
  },
  {
    short: 'l',
    long: 'log-to',
    kind: 'text',
    meta: 'OUTPUT',
    choices: ['stdout', 'stderr'],
    description: "Log to the specified device, only: [stdout|stderr], defaults to 'stderr'",
  },
  {
    short: 'o',
    long: 'output-format',
    kind: 'text',
    meta: 'FORMAT',
    choices: outputFormats,
    description:
      'Output format, only: [json|plain|json_pretty|json_extended|json_extended_pretty], defaults to "plain"',
  },
  {
    short: 'b',
    long: 'log-level',
    kind: 'text',
    meta: 'LEVEL',
    choices: ['debug', 'error', 'fatal', 'info', 'unknown', 'warn'],
    description: 'Set the specified logging level, only: [debug|error|fatal|info|unknown|warn]',
  },
  {
    short: 'w',
    long: 'wait-for-active',
    kind: 'integer',
    meta: 'TIMEOUT',
    description:
      "Wait for TIMEOUT seconds for the created resource to become 'active' before returning, defaults to 0 seconds (will be interpreted as 'disabled')",
  },
  { short: 'z', long: 'examples', kind: 'flag', description: 'Show usage examples' },
  { short: 'm', long: 'dump-model', kind: 'flag', description: 'Contact the endpoint and dump its model' },
  { short: 'd', long: 'debug', kind: 'flag', description: 'Enable debugging messages' },
  { short: 'h', long: 'help', kind: 'flag', description: 'Show this message' },
  { short: 'v', long: 'version', kind: 'flag', description: 'Show version' },
]

const byShort = new Map(rocciOptions.map((option) => [option.short, option]))
const byLong = new Map(rocciOptions.map((option) => [option.long, option]))

export function shortOption(letter: string): RocciOption | undefined {
  return byShort.get(letter)
}

/** Exact name, or the only option that begins so; a list when several do. */
export function longOption(name: string): RocciOption | readonly RocciOption[] {
  const exact = byLong.get(name)
  if (exact !== undefined) return exact
  const found = rocciOptions.filter((option) => option.long.startsWith(name))
  return found.length === 1 && found[0] !== undefined ? found[0] : found
}
