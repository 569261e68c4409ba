/**
 * The words of the command line for those of the library: its hints name settings and functions of the library in
 * code spans (`mediaType`), where the command line has options and commands (--media-type).
 */
import { shellWord } from '../../basics/shell-word.js'
import type { OcciError } from '../../errors/errors.js'
import { environmentName } from '../../settings/names.js'

/** What the library calls by a name of its own. */
const own: Readonly<Record<string, string>> = {
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

/** Settings whose names are those of the options: endpoint, and the options of the methods of authentication. */
const same = new Set(
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

/** Whole sentences that say something else here. */
const sentences: readonly (readonly [RegExp, string | ((name: string) => string)])[] = [
  [/`auth` names a method\./g, '--auth names a method ("occi help auth").'],
  [/`model\(\)\.kinds` lists its kinds\./g, 'Its kinds: occi model kinds.'],
  [/Delete a single entity with `delete\(\)`\./g, 'Delete a single entity without --all.'],
  [/Give the option `password`\./g, 'Give it by OCCI_PASSWORD, --password-stdin, or run `occi auth login`.'],
  [
    /Give the option `([\w-]+)`\./g,
    (name) => `Give it by ${environmentName(name)}, or run \`occi auth login\`.`,
  ],
]

/** A sentence of the library in the words of the command line. */
export function cliWords(text: string): string {
  if (!text.includes('`')) return text
  let said = text
  for (const [pattern, words] of sentences) {
    said = said.replace(pattern, (_, name: string) => (typeof words === 'string' ? words : words(name)))
  }
  return said.replace(/`([^`\n]{1,60})`/g, (span, name: string) => {
    if (Object.hasOwn(own, name)) return own[name] ?? span
    return same.has(name) ? `--${name}` : span
  })
}

/** The hint of an error in the words of the command line. */
export function cliHint(error: OcciError): string | undefined {
  const { action, kind, location } = error.facts ?? {}
  if (error.code === 'wait-failed' && error.hint?.startsWith('`trigger()`') && typeof location === 'string') {
    return `occi ${kind} ${action} ${shellWord(location.replace(/\/$/, '').split('/').at(-1) ?? '')} --wait`
  }
  return error.hint === undefined ? undefined : cliWords(error.hint)
}

/** What an error calls the wrong part of the input: an option by its dashes. */
export function cliPlace(at: string | undefined): string | undefined {
  return at !== undefined && same.has(at) ? `--${at}` : at
}
