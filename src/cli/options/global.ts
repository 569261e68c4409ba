/**
 * Options of every command. They have the same name everywhere, a variable OCCI_NAME by rule, and work before
 * and after the command.
 */

import { authMethods } from '../../auth/registry.js'
import { omitUndefined } from '../../basics/objects.js'
import { profiles } from '../../client/quirks/registry.js'
import type { SettingDefinition } from '../../config/types.js'
import { entityRenderings } from '../../rendering/renderings.js'
import { outputFormats } from '../output/registry.js'
import type { SettingOption } from './declaration.js'
import { secretOptions } from './secrets.js'

const connectionGroup = 'Connection'
export const authGroup = 'Authentication'
const outputGroup = 'Output'
const generalGroup = 'General'

const formatNames = outputFormats.map(({ name }) => name)

export const globalOptions: readonly SettingOption[] = [
  {
    name: 'output',
    sensitivity: 'harmless',
    short: 'o',
    value: 'FORMAT',
    description: formatNames.join(', '),
    group: outputGroup,
    completion: { of: 'words', words: formatNames },
  },
  {
    name: 'columns',
    sensitivity: 'harmless',
    value: 'A,B',
    description: 'columns to print, by key: name,state,occi.compute.cores',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'sort',
    sensitivity: 'harmless',
    value: 'KEY',
    description: 'sort by a column; -KEY sorts downwards',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'no-header',
    sensitivity: 'harmless',
    description: 'print no line of headings',
    group: outputGroup,
  },
  {
    name: 'query',
    sensitivity: 'harmless',
    value: 'EXPRESSION',
    description: 'JMESPath expression over the JSON form',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'template',
    sensitivity: 'harmless',
    value: 'TEXT',
    description: 'a line for each record, with {{name}}, {{occi.compute.cores}} and the like replaced',
    conflicts: ['query'],
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'csv-formulas',
    sensitivity: 'harmless',
    value: 'HOW',
    description: 'cells of -o csv that a spreadsheet would run: keep, or defuse with an apostrophe',
    default: 'defuse on a terminal, keep elsewhere',
    choices: ['keep', 'defuse'],
    group: outputGroup,
  },
  {
    name: 'endpoint',
    sensitivity: 'endpoint',
    short: 'e',
    value: 'URL',
    description: 'the provider; "sandbox:" is the practice cloud on this machine, replay:FILE a recording',
    group: connectionGroup,
  },
  {
    name: 'context',
    sensitivity: 'harmless',
    value: 'NAME',
    description: 'the context whose settings are used; several are asked together: cesnet,ifca or @GROUP',
    repeatable: true,
    group: connectionGroup,
    completion: { of: 'sites' },
  },
  {
    name: 'all-contexts',
    sensitivity: 'harmless',
    description: 'ask the sites of all contexts together, as --context @all does',
    conflicts: ['context'],
    group: connectionGroup,
    env: 'none',
  },
  {
    name: 'site-timeout',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'of several sites, how long each has to answer',
    default: '60s',
    group: connectionGroup,
  },
  {
    name: 'auth',
    sensitivity: 'method',
    value: 'METHOD',
    description: `how to log in: ${authMethods.join(', ')}, or npm:PACKAGE`,
    default: 'auto',
    group: authGroup,
    completion: { of: 'words', words: authMethods },
  },
  {
    name: 'username',
    sensitivity: 'harmless',
    value: 'USER',
    description: 'user name',
    env: ['OS_USERNAME'],
    group: authGroup,
  },
  {
    name: 'password-stdin',
    sensitivity: 'pointer',
    description: 'read the password from standard input',
    env: 'none',
    group: authGroup,
  },
  {
    name: 'token',
    sensitivity: 'secret',
    value: 'TOKEN',
    description: 'a token; OCCI_TOKEN keeps it out of the process list',
    env: ['OS_TOKEN', 'OS_AUTH_TOKEN'],
    group: authGroup,
  },
  {
    name: 'token-stdin',
    sensitivity: 'pointer',
    description: 'read the token from standard input',
    env: 'none',
    group: authGroup,
    conflicts: ['token', 'password-stdin'],
  },
  {
    name: 'header',
    sensitivity: 'pointer',
    value: '"NAME: VALUE"',
    description: 'add a header to every request',
    repeatable: true,
    group: connectionGroup,
  },
  {
    name: 'timeout',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'wait this long for an answer, to its end: 30s, 2m',
    default: '60s without a byte of it, 10m in all',
    group: connectionGroup,
  },
  {
    name: 'connect-timeout',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'wait this long for a connection',
    default: '10s',
    group: connectionGroup,
  },
  {
    name: 'proxy',
    sensitivity: 'method',
    value: 'URL',
    description:
      'go by this proxy: http://HOST:PORT, or SOCKS5: socks5h://HOST:PORT (it resolves names) or socks5://; none goes by no proxy',
    default: 'http_proxy, https_proxy, all_proxy; no_proxy lists hosts without one',
    group: connectionGroup,
  },
  {
    name: 'retries',
    sensitivity: 'limit',
    value: 'N',
    description: 'how many times to retry idempotent requests; 0 disables retries',
    default: '2',
    group: connectionGroup,
  },
  {
    name: 'deadline',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'give a request up after this long, repetitions included: 30s, 5m',
    group: connectionGroup,
  },
  {
    name: 'max-response',
    sensitivity: 'limit',
    value: 'SIZE',
    description: 'refuse longer answers: 64M, 1G',
    default: '256M',
    group: connectionGroup,
  },
  {
    name: 'ca-file',
    sensitivity: 'check',
    path: true,
    value: 'FILE',
    description: 'certificates of the authorities to trust (PEM)',
    group: connectionGroup,
    env: ['OS_CACERT'],
    completion: { of: 'file' },
  },
  {
    name: 'ca-path',
    sensitivity: 'check',
    path: true,
    value: 'FOLDER',
    description:
      'folder of such certificates, as /etc/grid-security/certificates; revocation lists in it count',
    group: connectionGroup,
    completion: { of: 'folder' },
  },
  {
    name: 'ca-system',
    sensitivity: 'check',
    description: "trust the operating system's authorities, too",
    group: connectionGroup,
  },
  {
    name: 'insecure',
    sensitivity: 'check',
    description: "do not check the server's certificate",
    group: connectionGroup,
    env: ['OS_INSECURE'],
  },
  {
    name: 'tls-min-version',
    sensitivity: 'check',
    value: 'VERSION',
    description: 'oldest TLS to use',
    default: 'TLSv1.2',
    choices: ['TLSv1.2', 'TLSv1.3'],
    group: connectionGroup,
  },
  {
    name: 'tls-max-version',
    sensitivity: 'check',
    value: 'VERSION',
    description: 'newest TLS to use; TLSv1.2 for servers that ask for a certificate after the handshake',
    choices: ['TLSv1.2', 'TLSv1.3'],
    group: connectionGroup,
  },
  {
    name: 'media-type',
    sensitivity: 'harmless',
    value: 'TYPE',
    description: `speak this rendering: ${entityRenderings.join(', ')}`,
    default: 'negotiated',
    choices: entityRenderings,
    group: connectionGroup,
  },
  {
    name: 'provider',
    sensitivity: 'harmless',
    value: 'NAME',
    description: 'treat the server as this one, instead of recognising it',
    group: connectionGroup,
    completion: { of: 'words', words: profiles.map(({ name }) => name) },
  },
  {
    name: 'concurrency',
    sensitivity: 'harmless',
    value: 'N',
    description: 'how many requests at a time, 1 to 100',
    default: '10',
    group: connectionGroup,
  },
  {
    name: 'no-cache',
    sensitivity: 'harmless',
    description: 'neither read nor write caches',
    group: connectionGroup,
  },
  {
    name: 'yes',
    sensitivity: 'check',
    short: 'y',
    description: 'answer yes to every question',
    group: generalGroup,
  },
  {
    name: 'trust-project',
    sensitivity: 'check',
    description:
      'believe the files of the working folder (.occi.yaml, clouds.yaml) this time; see context trust',
    group: generalGroup,
  },
  {
    name: 'dry-run',
    sensitivity: 'harmless',
    description: 'check everything and show the requests that would change something, without sending them',
    group: generalGroup,
  },
  {
    name: 'curl',
    sensitivity: 'harmless',
    description: 'the same as commands for curl; secrets stay out, as shell variables',
    group: generalGroup,
  },
  {
    name: 'no-input',
    sensitivity: 'harmless',
    description: 'never ask; fail where an answer would be needed',
    group: generalGroup,
  },
  {
    name: 'quiet',
    sensitivity: 'harmless',
    short: 'q',
    description: 'say nothing but results and errors',
    group: generalGroup,
  },
  {
    name: 'verbose',
    sensitivity: 'harmless',
    short: 'v',
    description: 'show requests, timings and protocol deviations',
    group: generalGroup,
  },
  {
    name: 'trace',
    sensitivity: 'check',
    value: 'FILE',
    bare: '-',
    description:
      'the whole exchange on standard error or to FILE, without secrets; of each body as much as 1 MiB',
    group: generalGroup,
  },
  {
    name: 'record',
    sensitivity: 'check',
    value: 'FILE',
    description: 'the whole exchange as HAR to FILE, without secrets; -e replay:FILE runs commands on it',
    completion: { of: 'file' },
    group: generalGroup,
  },
  {
    name: 'color',
    sensitivity: 'harmless',
    value: 'WHEN',
    bare: 'always',
    description: 'auto, always or never',
    default: 'auto',
    choices: ['auto', 'always', 'never'],
    group: generalGroup,
  },
  {
    name: 'no-color',
    sensitivity: 'harmless',
    description: 'the same as --color=never',
    group: generalGroup,
    env: 'none',
  },
  {
    name: 'help',
    sensitivity: 'harmless',
    short: 'h',
    description: 'show help',
    group: generalGroup,
    env: 'none',
  },
]

/**
 * Options of all authentication methods; loaded when a command line has an option that is not in the list
 * above.
 */
export async function authenticationOptions(): Promise<readonly SettingOption[]> {
  const { allAuthOptions } = await import('../../auth/registry.js')
  const ofMethods = (await allAuthOptions()).map((option) => ({
    name: option.name,
    description: option.description,
    group: authGroup,
    ...(option.flag === true ? {} : { value: option.value ?? 'VALUE' }),
    sensitivity: option.sensitivity,
    ...(option.path === true && { path: true }),
    ...omitUndefined({ env: option.env }),
  }))
  return [...ofMethods, ...secretOptions.map((option) => ({ ...option, group: authGroup }))]
}

/** The option as a setting. Options for a single call cannot be stored in contexts. */
export function asSetting(option: SettingOption): SettingDefinition {
  return {
    name: option.name,
    description: option.description,
    ...(option.env === undefined || option.env === 'none' ? {} : { env: option.env }),
    sensitivity: option.sensitivity,
    ...(option.path === true && { path: true }),
    ...(option.group === generalGroup || option.env === 'none' ? { transient: true } : {}),
  }
}
