/**
 * Translates the library's messages for the command line. The messages name settings and functions of the library in
 * code spans (`mediaType`), which are replaced by options and commands (--media-type).
 */
import { shellWord } from '../../basics/shell-word.js'
import type { OcciError } from '../../errors/errors.js'
import { environmentName } from '../../settings/names.js'

/** The options and commands that replace names of the library. */
const cliNames: Readonly<Record<string, string>> = {
  'Accept-Encoding: identity': '--header "Accept-Encoding: identity"',
  attributes: '--attribute NAME=VALUE',
  connect: '`occi auth login`',
  'delete()': 'occi delete',
  'describe()': '"occi auth status"',
  'detachMixin()': '`occi mixin detach`',
  'entity.links': '"occi link list"',
  'http.bodyTimeout': '--timeout',
  'http.headersTimeout': '--timeout',
  'http.connectTimeout': '--connect-timeout',
  'http.totalTimeout': '--timeout',
  'http.maxResponse': '--max-response',
  'http.trace': '--trace',
  'link()': '`occi link create`',
  links: '--network',
  'list()': '"occi network list"',
  mediaType: '--media-type',
  'mediaType: text/plain': '--media-type text/plain',
  mixins: '--mixin',
  'model()': '"occi explain"',
  'occi.network.address: 10.0.0.0/24': '--address 10.0.0.0/24',
  os_tpl: '--os',
  'raw()': '"occi api"',
  recordTransport: '--record',
  'replace()': '"occi compute replace" (or that of another noun)',
  resource_tpl: '--size',
  'retry.deadline': '--deadline',
  siteTimeout: '--site-timeout',
  sshKey: '--ssh-key',
  timeout: '--wait-timeout',
  'tls.ca': '--ca-file (or --ca-path)',
  'tls.insecure': '--insecure',
  'tls.minVersion': '--tls-min-version',
  'tls.maxVersion': '--tls-max-version',
  trail: '`occi auth explain`',
  'unlink()': '"occi compute unlink MACHINE NAME"',
  userData: '--user-data',
  'validate: false': '--no-validate',
}

/** Settings that have the same name as their option. */
const sameNames = new Set(
  [
    'auth endpoint kind members provider wait allow-plain-http ca-file ca-path',
    'auth-type auth-url keystone-version protocol identity-provider project project-auto domain system-scope trust-id',
    'region interface passcode user-id user-domain application-credential-id username password token token-command',
    'token-header access-token digest-qop user-cert user-key user-cred oidc-account oidc-issuer oidc-client-id',
    'oidc-discovery oidc-grant oidc-scope',
  ]
    .join(' ')
    .split(' '),
)

/** Sentences that are replaced as a whole. */
const sentences: readonly (readonly [RegExp, string | ((name: string) => string)])[] = [
  [/choose a method with `auth`\./g, 'choose a method with --auth ("occi help auth").'],
  [/`model\(\)\.kinds` lists its kinds\./g, 'Its kinds: occi model kinds.'],
  [/Delete a single entity with `delete\(\)`\./g, 'Delete a single entity without --all.'],
  [/Give the option `password`\./g, 'Give it by OCCI_PASSWORD, --password-stdin, or run `occi auth login`.'],
  [
    /Give the option `([\w-]+)`\./g,
    (name) => `Give it by ${environmentName(name)}, or run \`occi auth login\`.`,
  ],
]

/** Replaces the library's names in a message with those of the command line. */
export function cliText(text: string): string {
  if (!text.includes('`')) return text
  let result = text
  for (const [pattern, replacement] of sentences) {
    result = result.replace(pattern, (_, name: string) =>
      typeof replacement === 'string' ? replacement : replacement(name),
    )
  }
  return result.replace(/`([^`\n]{1,60})`/g, (span, name: string) => {
    if (Object.hasOwn(cliNames, name)) return cliNames[name] ?? span
    return sameNames.has(name) ? `--${name}` : span
  })
}

/** The hint of an error, in terms of the command line. */
export function cliHint(error: OcciError): string | undefined {
  const { action, kind, location } = error.facts ?? {}
  if (error.code === 'wait-failed' && error.hint?.startsWith('`trigger()`') && typeof location === 'string') {
    return `occi ${kind} ${action} ${shellWord(location.replace(/\/$/, '').split('/').at(-1) ?? '')} --wait`
  }
  return error.hint === undefined ? undefined : cliText(error.hint)
}

/** The name of the invalid input. The name of a setting becomes its option. */
export function cliInputName(at: string | undefined): string | undefined {
  return at !== undefined && sameNames.has(at) ? `--${at}` : at
}
