/** Secrets in every place where a user has them, and working folders that try to get at them. */
import { planted } from './planted.js'

/** `GOOD`, `EVIL` and `HOME` stand for the user's server, the stranger's, and the home folder. */
export interface Owned {
  readonly name: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Below the home folder. */
  readonly files?: Readonly<Record<string, string>>
  /** Run in a folder of the user's before: contexts, logins. */
  readonly before?: readonly (readonly string[])[]
}

export interface Checkout {
  readonly name: string
  /** In the working folder. */
  readonly files: Readonly<Record<string, string>>
  /** What the command line or the environment names besides; for addresses that the user gave. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Only for secrets that are kept in a context: the user's other ones may go where the user says. */
  readonly contextsOnly?: true
}

const keystone = ['--auth', 'keystone', '--auth-url', 'GOOD/v3', '--project', 'p', '--username', 'ada']
const context = (...more: readonly string[]) => ['context', 'add', 'mine', '-e', 'GOOD/', ...more]
const userCloud = `clouds:\n  work:\n    auth:\n      auth_url: GOOD/v3\n      username: ada\n      project_name: p\n`

export const secrets: readonly Owned[] = [
  { name: 'OCCI_PASSWORD', env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: planted('A') } },
  {
    name: 'OS_PASSWORD',
    env: { OS_USERNAME: 'ada', OS_PASSWORD: planted('B'), OS_PROJECT_NAME: 'p', OS_AUTH_URL: 'GOOD/v3' },
  },
  { name: 'OS_PASSWORD alone', env: { OS_USERNAME: 'ada', OS_PASSWORD: planted('B') } },
  { name: 'OCCI_TOKEN', env: { OCCI_TOKEN: planted('C') } },
  { name: 'OS_TOKEN', env: { OS_TOKEN: planted('D') } },
  { name: 'OS_ACCESS_TOKEN', env: { OS_ACCESS_TOKEN: planted('E'), OCCI_AUTH: 'oidc' } },
  {
    name: 'a refresh token',
    env: { OCCI_REFRESH_TOKEN: planted('F'), OCCI_OIDC_CLIENT_ID: 'c', OCCI_AUTH: 'oidc' },
  },
  {
    name: 'a client secret',
    env: {
      OS_CLIENT_SECRET: planted('G'),
      OS_CLIENT_ID: 'c',
      OCCI_OIDC_GRANT: 'client-credentials',
      OCCI_AUTH: 'oidc',
    },
  },
  {
    name: 'a client secret for an issuer of the user',
    env: {
      OS_CLIENT_SECRET: planted('G'),
      OS_CLIENT_ID: 'c',
      OIDC_ISSUER: 'GOOD',
      OCCI_OIDC_GRANT: 'client-credentials',
      OCCI_AUTH: 'oidc',
    },
  },
  {
    name: 'an application credential',
    env: {
      OS_APPLICATION_CREDENTIAL_ID: 'i',
      OS_APPLICATION_CREDENTIAL_SECRET: planted('H'),
      OCCI_AUTH: 'keystone',
    },
  },
  { name: 'a one-time code', env: { OS_USERNAME: 'ada', OS_PASSCODE: planted('I'), OCCI_AUTH: 'keystone' } },
  {
    name: 'OCCI_PASSWORD_FILE',
    env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD_FILE: 'HOME/secret.txt' },
    files: { 'secret.txt': planted('J') },
  },
  {
    name: 'OCCI_PASSWORD_COMMAND',
    env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD_COMMAND: `echo ${planted('K')}` },
  },
  { name: 'OCCI_TOKEN_COMMAND', env: { OCCI_TOKEN_COMMAND: `echo ${planted('L')}` } },
  { name: 'OCCI_HEADER', env: { OCCI_HEADER: `X-Api-Key: ${planted('M')}` } },
  { name: '--header', args: ['--header', `Authorization: Bearer ${planted('M')}`] },
  { name: '--token', args: ['--token', planted('N')] },
  { name: '--password-stdin', args: ['--username', 'ada', '--password-stdin'], stdin: planted('O') },
  {
    name: 'clouds.yaml with a password',
    env: { OS_CLOUD: 'work' },
    files: {
      '.config/openstack/clouds.yaml': userCloud,
      '.config/openstack/secure.yaml': `clouds: {work: {auth: {password: ${planted('P')}}}}\n`,
    },
  },
  { name: 'the password of a context', before: [context('--username', 'ada', '--password', planted('Q'))] },
  { name: 'the token of a context', before: [context('--auth', 'token', '--token', planted('R'))] },
  {
    name: 'the password file of a context',
    before: [context('--username', 'ada', '--password-file', 'HOME/secret.txt')],
    files: { 'secret.txt': planted('S') },
  },
  {
    name: 'the password command of a context',
    before: [context('--username', 'ada', '--password-command', `echo ${planted('T')}`)],
  },
  {
    name: 'the login of a context',
    before: [context(...keystone, '--password', planted('U')), ['compute', 'list']],
  },
  {
    name: 'the login of a context whose password is elsewhere',
    before: [
      context(...keystone, '--password', planted('U')),
      ['compute', 'list'],
      ['context', 'set', 'mine', 'password='],
    ],
  },
]

const file = (lines: readonly string[]) => ({ '.occi.yaml': `${lines.join('\n')}\n` })
const cloud = (auth: string, more = '') => `clouds:\n  work:\n    auth: {${auth}}\n${more}`

export const checkouts: readonly Checkout[] = [
  { name: 'an endpoint', files: file(['endpoint: EVIL/']) },
  {
    name: 'an endpoint, and how to log in',
    files: file(['endpoint: EVIL/', 'auth: basic', 'username: ada']),
  },
  {
    name: 'an endpoint that is logged in to at once',
    files: file(['endpoint: EVIL/', 'first-method: token', 'auth: token', 'token-header: X-Log']),
  },
  {
    name: 'an endpoint and a Keystone',
    files: file(['endpoint: EVIL/', 'auth-url: EVIL/v3', 'auth: keystone', 'project: p']),
  },
  {
    name: 'a Keystone',
    files: file(['auth-url: EVIL/v3', 'auth: keystone', 'project: p']),
    env: { OCCI_ENDPOINT: 'GOOD/' },
  },
  { name: 'a Keystone alone', files: file(['auth-url: EVIL/v3', 'project: p']) },
  {
    name: 'an issuer',
    files: file([
      'endpoint: EVIL/',
      'oidc-issuer: EVIL',
      'oidc-client-id: c',
      'oidc-grant: password',
      'auth: oidc',
    ]),
  },
  {
    name: 'the discovery of an issuer',
    files: file(['oidc-discovery: EVIL/.well-known/openid-configuration', 'oidc-client-id: c']),
    env: { OCCI_ENDPOINT: 'GOOD/' },
  },
  {
    name: 'a cloud',
    files: {
      ...file(['os-cloud: work']),
      'clouds.yaml': cloud('auth_url: EVIL/v3, username: ada, project_name: p'),
    },
  },
  {
    name: 'an endpoint by clouds.yaml',
    files: {
      ...file(['os-cloud: work']),
      'clouds.yaml': cloud('username: ada', '    occi_endpoint_override: EVIL/\n'),
    },
  },
  {
    name: 'a secure.yaml over the user’s cloud',
    files: { ...file(['os-cloud: work']), 'secure.yaml': 'clouds: {work: {auth: {auth_url: EVIL/v3}}}\n' },
  },
  {
    name: 'the context, and another endpoint for it',
    files: file(['context: mine', 'endpoint: EVIL/']),
  },
  {
    name: 'files, commands and accounts of the user',
    files: file([
      'endpoint: EVIL/',
      'username: x',
      'password-file: HOME/secret.txt',
      'password-command: "touch HOME/ran; cat HOME/secret.txt"',
      'token-command: "touch HOME/ran; cat HOME/secret.txt"',
      'passphrase-command: "touch HOME/ran"',
      'oidc-account: work',
      'user-cert: HOME/secret.txt',
      'auth: npm:evil-plugin',
      'header: "X-From: HOME"',
    ]),
  },
  {
    name: 'nothing, where --endpoint names another server',
    files: {},
    args: ['-e', 'EVIL/'],
    contextsOnly: true,
  },
  {
    name: 'nothing, where OCCI_ENDPOINT names another server',
    files: {},
    env: { OCCI_ENDPOINT: 'EVIL/' },
    contextsOnly: true,
  },
]
