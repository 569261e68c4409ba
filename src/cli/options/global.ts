/**
 * Options of every command. Each has an environment variable OCCI_NAME unless declared otherwise, and may
 * stand before or after the command.
 */

import { authMethods } from '../../auth/registry.js'
import { omitUndefined } from '../../basics/objects.js'
import { profiles } from '../../client/quirks/registry.js'
import type { SettingDefinition } from '../../config/types.js'
import { entityRenderings } from '../../rendering/renderings.js'
import { outputFormats } from '../output/registry.js'
import type { SettingOption } from './declaration.js'
import { secretOptions } from './secrets.js'

export const connectionGroup = 'Connection'
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
    description: `output format: ${formatNames.join(', ')}`,
    group: outputGroup,
    completion: { of: 'words', words: formatNames },
  },
  {
    name: 'columns',
    sensitivity: 'harmless',
    value: 'A,B',
    description: 'columns to print, for example name,state,occi.compute.cores',
    completion: { of: 'columns' },
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'sort',
    sensitivity: 'harmless',
    value: 'KEY',
    description: 'sort by a column; -KEY sorts in descending order',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'no-header',
    sensitivity: 'harmless',
    description: 'omit the header line',
    group: outputGroup,
  },
  {
    name: 'query',
    sensitivity: 'harmless',
    value: 'EXPRESSION',
    description: 'filter the JSON output with a JMESPath expression',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'template',
    sensitivity: 'harmless',
    value: 'TEXT',
    description: 'print each record with this template, for example "{{name}} {{occi.compute.cores}}"',
    conflicts: ['query'],
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'csv-formulas',
    sensitivity: 'harmless',
    value: 'HOW',
    description: 'how -o csv prints spreadsheet formulas: keep, or defuse with an apostrophe',
    default: 'defuse on a terminal, else keep',
    choices: ['keep', 'defuse'],
    group: outputGroup,
  },
  {
    name: 'endpoint',
    sensitivity: 'endpoint',
    short: 'e',
    value: 'URL',
    description: 'URL of the provider; "sandbox:" is the local practice cloud, replay:FILE a recording',
    group: connectionGroup,
  },
  {
    name: 'context',
    sensitivity: 'harmless',
    value: 'NAME',
    description: 'use the settings of this context; several are queried together: cesnet,ifca or @GROUP',
    repeatable: true,
    group: connectionGroup,
    completion: { of: 'sites' },
  },
  {
    name: 'all-contexts',
    sensitivity: 'harmless',
    description: 'query the sites of all contexts together, like --context @all',
    conflicts: ['context'],
    group: connectionGroup,
    env: 'none',
  },
  {
    name: 'site-timeout',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'how long each of several sites may take',
    default: '60s',
    group: connectionGroup,
  },
  {
    name: 'auth',
    sensitivity: 'method',
    value: 'METHOD',
    description: `authentication method: ${authMethods.join(', ')}, or npm:PACKAGE`,
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
    description: 'token; use OCCI_TOKEN to keep it out of the process list',
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
    short: 'H',
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
    description: 'maximum time to wait for a complete response: 30s, 2m',
    default: '60s without receiving data, 10m in total',
    group: connectionGroup,
  },
  {
    name: 'connect-timeout',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'maximum time to establish a connection',
    default: '10s',
    group: connectionGroup,
  },
  {
    name: 'completion-requests',
    sensitivity: 'check',
    description: 'let completion (Tab) request a list that is not cached, for 300 ms',
    group: connectionGroup,
  },
  {
    name: 'proxy',
    sensitivity: 'method',
    value: 'URL',
    description:
      'proxy to use: http://HOST:PORT, socks5h://HOST:PORT (the proxy resolves names), socks5://HOST:PORT, or none',
    default: 'http_proxy, https_proxy, all_proxy; no_proxy lists exceptions',
    group: connectionGroup,
  },
  {
    name: 'retries',
    sensitivity: 'limit',
    value: 'N',
    description: 'maximum number of retries of idempotent requests; 0 disables them',
    default: '2',
    group: connectionGroup,
  },
  {
    name: 'deadline',
    sensitivity: 'limit',
    value: 'DURATION',
    description: 'maximum time for a request, including retries: 30s, 5m',
    group: connectionGroup,
  },
  {
    name: 'max-response',
    sensitivity: 'limit',
    value: 'SIZE',
    description: 'maximum size of a response: 64M, 1G',
    default: '256M',
    group: connectionGroup,
  },
  {
    name: 'ca-file',
    sensitivity: 'check',
    path: true,
    value: 'FILE',
    description: 'CA certificates to trust (PEM)',
    group: connectionGroup,
    env: ['OS_CACERT'],
    completion: { of: 'file' },
  },
  {
    name: 'ca-path',
    sensitivity: 'check',
    path: true,
    value: 'FOLDER',
    description: 'folder of CA certificates and revocation lists, such as /etc/grid-security/certificates',
    group: connectionGroup,
    completion: { of: 'folder' },
  },
  {
    name: 'ca-system',
    sensitivity: 'check',
    description: "also trust the operating system's CA certificates",
    group: connectionGroup,
  },
  {
    name: 'insecure',
    sensitivity: 'check',
    description: "do not verify the server's certificate",
    group: connectionGroup,
    env: ['OS_INSECURE'],
  },
  {
    name: 'tls-min-version',
    sensitivity: 'check',
    value: 'VERSION',
    description: 'lowest TLS version to use',
    default: 'TLSv1.2',
    choices: ['TLSv1.2', 'TLSv1.3'],
    group: connectionGroup,
  },
  {
    name: 'tls-max-version',
    sensitivity: 'check',
    value: 'VERSION',
    description:
      'highest TLS version to use; TLSv1.2 for servers that request a certificate after the handshake',
    choices: ['TLSv1.2', 'TLSv1.3'],
    group: connectionGroup,
  },
  {
    name: 'media-type',
    sensitivity: 'harmless',
    value: 'TYPE',
    description: `rendering to use: ${entityRenderings.join(', ')}`,
    default: 'negotiated',
    choices: entityRenderings,
    group: connectionGroup,
  },
  {
    name: 'provider',
    sensitivity: 'harmless',
    value: 'NAME',
    description: 'treat the server as this product instead of detecting it',
    group: connectionGroup,
    completion: { of: 'words', words: profiles.map(({ name }) => name) },
  },
  {
    name: 'concurrency',
    sensitivity: 'harmless',
    value: 'N',
    description: 'maximum number of simultaneous requests, 1 to 100',
    default: '10',
    group: connectionGroup,
  },
  {
    name: 'no-cache',
    sensitivity: 'harmless',
    description: 'do not read or write caches',
    group: connectionGroup,
  },
  {
    name: 'yes',
    sensitivity: 'check',
    short: 'y',
    description: 'answer yes to all confirmation prompts',
    group: generalGroup,
  },
  {
    name: 'trust-project',
    sensitivity: 'check',
    description: 'trust .occi.yaml and clouds.yaml of the working folder for this run; see context trust',
    group: generalGroup,
  },
  {
    name: 'dry-run',
    sensitivity: 'harmless',
    description: 'validate, and print requests that change something instead of sending them',
    group: generalGroup,
  },
  {
    name: 'curl',
    sensitivity: 'harmless',
    description: 'like --dry-run, but print curl commands; secrets become shell variables',
    group: generalGroup,
  },
  {
    name: 'no-input',
    sensitivity: 'harmless',
    description: 'never prompt; fail if input is required',
    group: generalGroup,
  },
  {
    name: 'quiet',
    sensitivity: 'harmless',
    short: 'q',
    description: 'print only results and errors',
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
      'write the HTTP exchange to standard error or to FILE, with secrets redacted; bodies up to 1 MiB',
    group: generalGroup,
  },
  {
    name: 'record',
    sensitivity: 'check',
    value: 'FILE',
    description:
      'record the HTTP exchange as HAR in FILE, with secrets redacted; replay it with -e replay:FILE',
    completion: { of: 'file' },
    group: generalGroup,
  },
  {
    name: 'color',
    sensitivity: 'harmless',
    value: 'WHEN',
    bare: 'always',
    description: 'when to use colour: auto, always or never',
    default: 'auto',
    choices: ['auto', 'always', 'never'],
    group: generalGroup,
  },
  {
    name: 'no-color',
    sensitivity: 'harmless',
    description: 'same as --color=never',
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
 * Loads the options of all authentication methods. They are loaded only if a command line has an option that is not in
 * `globalOptions`, or if a command connects or needs all settings.
 */
export async function authenticationOptions(): Promise<readonly SettingOption[]> {
  const { allAuthOptions } = await import('../../auth/registry.js')
  const methodOptions = (await allAuthOptions()).map((option) => ({
    name: option.name,
    description: option.description,
    group: authGroup,
    ...(option.flag === true ? {} : { value: option.value ?? 'VALUE' }),
    sensitivity: option.sensitivity,
    ...(option.path === true && { path: true }),
    ...omitUndefined({ env: option.env }),
  }))
  return [...methodOptions, ...secretOptions.map((option) => ({ ...option, group: authGroup }))]
}

/** Returns the option as a setting. Options that apply to one run only cannot be stored in contexts (`transient`). */
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
