/** Options that every command has. Same name everywhere, OCCI_NAME by rule, usable before or after the command. */
import type { SettingDefinition } from '../../config/types.js'
import type { OptionDeclaration } from '../command.js'
import { secretOptions } from './secrets.js'

export const connectionGroup = 'Connection'
export const authGroup = 'Authentication'
export const outputGroup = 'Output'
export const generalGroup = 'General'

export const globalOptions: readonly OptionDeclaration[] = [
  {
    name: 'output',
    short: 'o',
    value: 'FORMAT',
    description:
      'table, wide, json, jsonl, yaml, csv, tsv, name, id, url, ip, value, env, text/plain, text/occi, occi+json',
    group: outputGroup,
    completion: {
      of: 'words',
      words: [
        'table',
        'wide',
        'json',
        'jsonl',
        'yaml',
        'csv',
        'tsv',
        'name',
        'id',
        'url',
        'ip',
        'value',
        'env',
        'pairs',
        'text/plain',
        'text/occi',
        'occi+json',
      ],
    },
  },
  {
    name: 'columns',
    value: 'A,B',
    description: 'columns to print, by key: name,state,occi.compute.cores',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'sort',
    value: 'KEY',
    description: 'sort by a column; -KEY sorts downwards',
    group: outputGroup,
    env: 'none',
  },
  { name: 'no-header', description: 'print no line of headings', group: outputGroup },
  {
    name: 'query',
    value: 'EXPRESSION',
    description: 'JMESPath expression over the JSON form',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'template',
    value: 'TEXT',
    description: 'a line for each record, with {{name}}, {{occi.compute.cores}} and the like replaced',
    group: outputGroup,
    env: 'none',
  },
  {
    name: 'endpoint',
    short: 'e',
    value: 'URL',
    description: 'the provider; "sandbox:" is the practice cloud on this machine',
    group: connectionGroup,
  },
  {
    name: 'context',
    value: 'NAME',
    description: 'the context whose settings are used',
    group: connectionGroup,
    completion: { of: 'context' },
  },
  {
    name: 'auth',
    value: 'METHOD',
    description: 'how to log in: auto, none, basic, token, …',
    default: 'auto',
    group: authGroup,
  },
  {
    name: 'username',
    value: 'USER',
    description: 'user name',
    env: ['OS_USERNAME'],
    group: authGroup,
  },
  {
    name: 'password-stdin',
    description: 'read the password from standard input',
    env: 'none',
    group: authGroup,
  },
  {
    name: 'token',
    value: 'TOKEN',
    description: 'a token; OCCI_TOKEN keeps it out of the process list',
    env: ['OS_TOKEN', 'OS_AUTH_TOKEN'],
    secret: true,
    group: authGroup,
  },
  {
    name: 'header',
    value: '"NAME: VALUE"',
    description: 'add a header to every request',
    repeatable: true,
    group: connectionGroup,
  },
  {
    name: 'timeout',
    value: 'DURATION',
    description: 'wait this long for an answer: 30s, 2m',
    default: '60s',
    group: connectionGroup,
  },
  {
    name: 'retries',
    value: 'N',
    description: 'send again so often what can be sent again without harm; 0: everything once only',
    default: '2',
    group: connectionGroup,
  },
  {
    name: 'deadline',
    value: 'DURATION',
    description: 'give a request up after this long, repetitions included: 30s, 5m',
    group: connectionGroup,
  },
  {
    name: 'max-response',
    value: 'SIZE',
    description: 'refuse longer answers: 64M, 1G',
    default: '256M',
    group: connectionGroup,
  },
  {
    name: 'ca-file',
    value: 'FILE',
    description: 'certificates of the authorities to trust (PEM)',
    group: connectionGroup,
    env: ['OS_CACERT'],
    completion: { of: 'file' },
  },
  {
    name: 'ca-path',
    value: 'FOLDER',
    description: 'folder of such certificates, as /etc/grid-security/certificates',
    group: connectionGroup,
    completion: { of: 'folder' },
  },
  { name: 'ca-system', description: "trust the operating system's authorities, too", group: connectionGroup },
  {
    name: 'insecure',
    description: "do not check the server's certificate",
    group: connectionGroup,
    env: ['OS_INSECURE'],
  },
  {
    name: 'tls-max-version',
    value: 'VERSION',
    description: 'newest TLS to use; TLSv1.2 for servers that ask for a certificate after the handshake',
    choices: ['TLSv1.2', 'TLSv1.3'],
    group: connectionGroup,
  },
  {
    name: 'media-type',
    value: 'TYPE',
    description: 'speak this rendering: text/plain, text/occi, json, json-1.1',
    default: 'negotiated',
    choices: ['text/plain', 'text/occi', 'json', 'json-1.1'],
    group: connectionGroup,
  },
  {
    name: 'provider',
    value: 'NAME',
    description: 'treat the server as this one, instead of recognising it',
    group: connectionGroup,
  },
  {
    name: 'concurrency',
    value: 'N',
    description: 'how many requests at a time, 1 to 100',
    default: '10',
    group: connectionGroup,
  },
  { name: 'no-cache', description: 'neither read nor write caches', group: connectionGroup },
  { name: 'yes', short: 'y', description: 'answer yes to every question', group: generalGroup },
  {
    name: 'dry-run',
    description: 'check everything and show the requests that would change something, without sending them',
    group: generalGroup,
  },
  {
    name: 'curl',
    description: 'the same as commands for curl; secrets stay out, as shell variables',
    group: generalGroup,
  },
  { name: 'no-input', description: 'never ask; fail where an answer would be needed', group: generalGroup },
  { name: 'quiet', short: 'q', description: 'say nothing but results and errors', group: generalGroup },
  {
    name: 'verbose',
    short: 'v',
    description: 'show requests, timings and what had to be tolerated',
    group: generalGroup,
  },
  {
    name: 'trace',
    value: 'FILE',
    bare: '-',
    description: 'the whole exchange on standard error or to FILE, without secrets',
    group: generalGroup,
  },
  {
    name: 'color',
    value: 'WHEN',
    bare: 'always',
    description: 'auto, always or never',
    default: 'auto',
    choices: ['auto', 'always', 'never'],
    group: generalGroup,
  },
  { name: 'no-color', description: 'the same as --color=never', group: generalGroup, env: 'none' },
  { name: 'help', short: 'h', description: 'show help', group: generalGroup, env: 'none' },
]

/** Options of all authentication methods; loaded when a command line names one that is not above. */
export async function authenticationOptions(): Promise<readonly OptionDeclaration[]> {
  const { allAuthOptions } = await import('../../auth/index.js')
  const ofMethods = (await allAuthOptions()).map((option) => ({
    name: option.name,
    description: option.description,
    group: authGroup,
    ...(option.flag === true ? {} : { value: 'VALUE' }),
    ...(option.secret === true ? { secret: true } : {}),
    ...(option.env === undefined ? {} : { env: option.env }),
  }))
  return [...ofMethods, ...secretOptions.map((option) => ({ ...option, group: authGroup }))]
}

/** The same option as a setting. What concerns one call only is not kept in contexts. */
export function asSetting(option: OptionDeclaration): SettingDefinition {
  return {
    name: option.name,
    description: option.description,
    ...(option.env === undefined || option.env === 'none' ? {} : { env: option.env }),
    ...(option.secret === true ? { secret: true } : {}),
    ...(option.group === generalGroup || option.env === 'none' ? { transient: true } : {}),
  }
}
