/** rOCCI-cli 4.3's options as data, in the order of its --help. */

type RocciValue = 'flag' | 'text' | 'integer' | 'list'

export interface RocciOption {
  readonly short: string
  readonly long: string
  readonly kind: RocciValue
  /** The name of the value, as --help shows it. */
  readonly meta?: string
  /** Allowed words. A unique prefix is accepted as well, as in Ruby's optparse. */
  readonly choices?: readonly string[]
  readonly description: string
}

const mediaTypes = ['application/occi+json', 'text/plain,text/occi', 'text/plain', 'text/occi'] as const
const outputFormats = ['json', 'plain', 'json_pretty', 'json_extended', 'json_extended_pretty'] as const
const actions = [
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
const authMethods = ['x509', 'token', 'basic', 'digest', 'oauth2', 'none'] as const

export const rocciOptions: readonly RocciOption[] = [
  {
    short: 'e',
    long: 'endpoint',
    kind: 'text',
    meta: 'URI',
    description: 'URL of the provider; default http://localhost:3000',
  },
  {
    short: 'n',
    long: 'auth',
    kind: 'text',
    meta: 'METHOD',
    choices: authMethods,
    description: 'x509, token, basic, digest, oauth2 or none (default)',
  },
  {
    short: 'k',
    long: 'timeout',
    kind: 'integer',
    meta: 'SEC',
    description: 'timeout in seconds for each connection and response',
  },
  {
    short: 'u',
    long: 'username',
    kind: 'text',
    meta: 'USER',
    description: 'user of basic and digest; default anonymous',
  },
  {
    short: 'p',
    long: 'password',
    kind: 'text',
    meta: 'PASSWORD',
    description: 'password of basic and digest, passphrase of x509',
  },
  {
    short: 'c',
    long: 'ca-path',
    kind: 'text',
    meta: 'PATH',
    description: 'folder of CA certificates with hashed names',
  },
  {
    short: 'f',
    long: 'ca-file',
    kind: 'text',
    meta: 'PATH',
    description: 'file of CA certificates',
  },
  {
    short: 's',
    long: 'skip-ca-check',
    kind: 'flag',
    description: "do not verify the server's certificate",
  },
  {
    short: 'F',
    long: 'filter',
    kind: 'text',
    meta: 'CATEGORY',
    description: 'with --dump-model: only this category and those related to it',
  },
  {
    short: 'x',
    long: 'user-cred',
    kind: 'text',
    meta: 'FILE',
    description: 'certificate and key in one PEM file, or PKCS#12; default ~/.globus/usercred.pem',
  },
  {
    short: 'X',
    long: 'voms',
    kind: 'flag',
    description: 'the credentials are a VOMS proxy',
  },
  {
    short: 'q',
    long: 'token',
    kind: 'text',
    meta: 'TOKEN',
    description: 'an existing token',
  },
  {
    short: 'y',
    long: 'media-type',
    kind: 'text',
    meta: 'MEDIA_TYPE',
    choices: mediaTypes,
    description: 'application/occi+json, text/plain, text/occi or text/plain,text/occi (default)',
  },
  {
    short: 'r',
    long: 'resource',
    kind: 'text',
    meta: 'RESOURCE',
    description: 'term, identifier, path or URL of the resource',
  },
  {
    short: 't',
    long: 'attribute',
    kind: 'list',
    meta: 'ATTR',
    description: 'name=value; num(1), float(1.0) and bool(true) set the type',
  },
  {
    short: 'T',
    long: 'context',
    kind: 'list',
    meta: 'CTX_VAR',
    description: 'public_key=… or user_data=…, also from file:///path',
  },
  {
    short: 'a',
    long: 'action',
    kind: 'text',
    meta: 'ACTION',
    choices: actions,
    description: 'list, describe, create, delete, trigger, link, unlink, discover or update',
  },
  {
    short: 'M',
    long: 'mixin',
    kind: 'list',
    meta: 'IDENTIFIER',
    description: 'scheme#term, or a short form such as os_tpl#term',
  },
  {
    short: 'j',
    long: 'link',
    kind: 'list',
    meta: 'URI',
    description: 'path or URL of a network or storage to link',
  },
  {
    short: 'g',
    long: 'trigger-action',
    kind: 'text',
    meta: 'ACTION',
    description: 'the action to trigger, by term or identifier',
  },
  {
    short: 'i',
    long: 'entity-type',
    kind: 'text',
    meta: 'TYPE',
    choices: ['resource', 'link'],
    description: 'with discover: resource or link',
  },
  {
    short: 'l',
    long: 'log-to',
    kind: 'text',
    meta: 'OUTPUT',
    choices: ['stdout', 'stderr'],
    description: 'stdout or stderr (default)',
  },
  {
    short: 'o',
    long: 'output-format',
    kind: 'text',
    meta: 'FORMAT',
    choices: outputFormats,
    description: 'plain (default), json, json_pretty, json_extended or json_extended_pretty',
  },
  {
    short: 'b',
    long: 'log-level',
    kind: 'text',
    meta: 'LEVEL',
    choices: ['debug', 'error', 'fatal', 'info', 'unknown', 'warn'],
    description: 'debug, error, fatal, info, unknown or warn',
  },
  {
    short: 'w',
    long: 'wait-for-active',
    kind: 'integer',
    meta: 'TIMEOUT',
    description: 'seconds to wait until the created resource is active; 0 (default) does not wait',
  },
  { short: 'z', long: 'examples', kind: 'flag', description: 'show examples' },
  { short: 'm', long: 'dump-model', kind: 'flag', description: "print the provider's model" },
  { short: 'd', long: 'debug', kind: 'flag', description: 'log each step' },
  { short: 'h', long: 'help', kind: 'flag', description: 'show this help' },
  { short: 'v', long: 'version', kind: 'flag', description: 'show the version' },
]
