/** Every place that can hold a secret. */

import { planted } from './planted.js'
import type { Asks } from './provider.js'

export interface Scenario {
  readonly name: string
  readonly asks: Asks
  readonly tls?: true
  /** For every command; `ORIGIN` and `HOME` stand for the provider's URL and the home folder. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** By path below the home folder. */
  readonly files?: Readonly<Record<string, string>>
  /** Instead of `--endpoint ORIGIN`. */
  readonly endpoint?: string
  /** What is printed on standard output is the secret itself, which was asked for. */
  readonly shown?: true
  /** Commands besides the common ones. */
  readonly commands?: readonly (readonly string[])[]
  /** The login does not come about at this provider: exit statuses tell nothing. */
  readonly fails?: true
}

const strange = ' ä"\\%&$'
const keystone = {
  OS_AUTH_URL: 'ORIGINv3',
  OS_USERNAME: 'ada',
  OS_PROJECT_NAME: 'demo',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
}
const attribute = (name: string): readonly string[] => [
  'compute',
  'create',
  'vm',
  '--attribute',
  `${name}=${planted('Attribute')}`,
]

const posted = `Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: org.example.admin_password="${planted('Posted')}"`

export const scenarios: readonly Scenario[] = [
  {
    name: 'basic, from the environment',
    asks: 'basic',
    env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: planted('Basic', strange) },
  },
  {
    name: 'basic, as an option',
    asks: 'basic',
    args: ['--username', 'ada', '--password', planted('Option')],
  },
  {
    name: 'basic, from standard input',
    asks: 'basic',
    args: ['--username', 'ada', '--password-stdin'],
    stdin: `${planted('Stdin', strange)}\n`,
  },
  { name: 'digest', asks: 'digest', env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: planted('Digest') } },
  { name: 'a token from the environment', asks: 'keystone', env: { OCCI_TOKEN: planted('Token') } },
  {
    name: 'a token as an option',
    asks: 'bearer',
    args: ['--auth', 'token', '--token-header', 'Authorization', '--token', planted('Bearer')],
  },
  {
    name: 'a token from a command',
    asks: 'keystone',
    args: ['--auth', 'token', '--token-command', 'cat HOME/token.txt'],
    files: { 'token.txt': planted('Command') },
  },
  {
    name: 'Keystone, password',
    asks: 'keystone',
    env: { ...keystone, OS_PASSWORD: planted('Keystone', strange) },
  },
  {
    name: 'Keystone, application credential',
    asks: 'keystone',
    env: {
      OS_AUTH_URL: 'ORIGINv3',
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: 'abc',
      OS_APPLICATION_CREDENTIAL_SECRET: planted('AppCred'),
    },
  },
  {
    name: 'Keystone, one-time code',
    asks: 'keystone',
    env: { ...keystone, OS_AUTH_TYPE: 'v3totp', OS_PASSCODE: planted('Passcode') },
  },
  {
    name: 'clouds.yaml and secure.yaml',
    asks: 'keystone',
    args: ['--os-cloud', 'work'],
    files: {
      '.config/openstack/clouds.yaml':
        'clouds:\n  work:\n    auth:\n      auth_url: ORIGINv3\n      username: ada\n      project_name: demo\n      user_domain_name: Default\n      project_domain_name: Default\n',
      '.config/openstack/secure.yaml': `clouds:\n  work:\n    auth:\n      password: ${planted('Secure')}\n`,
    },
  },
  {
    name: 'a broken secure.yaml',
    asks: 'keystone',
    args: ['--os-cloud', 'work'],
    fails: true,
    files: {
      '.config/openstack/clouds.yaml': 'clouds:\n  work:\n    auth:\n      auth_url: ORIGINv3\n',
      '.config/openstack/secure.yaml': `clouds:\n  work:\n    auth:\n     password: "${planted('Broken')}\n   x: [\n`,
    },
  },
  {
    name: 'a broken project file',
    asks: 'nothing',
    fails: true,
    files: { '.occi.yaml': `endpoint: ORIGIN\npassword: [${planted('Project')}\n  : {\n` },
  },
  {
    name: 'a secret in a project file',
    asks: 'nothing',
    fails: true,
    files: { '.occi.yaml': `endpoint: ORIGIN\npassword: ${planted('Project')}\n` },
  },
  {
    name: 'OpenID Connect, client credentials',
    asks: 'bearer',
    args: [
      '--auth',
      'oidc',
      '--oidc-issuer',
      'ORIGINissuer',
      '--oidc-client-id',
      'occi',
      '--oidc-grant',
      'client-credentials',
    ],
    env: { OCCI_OIDC_CLIENT_SECRET: planted('Client', strange) },
  },
  {
    name: 'OpenID Connect, refresh token',
    asks: 'bearer',
    args: ['--auth', 'oidc', '--oidc-issuer', 'ORIGINissuer', '--oidc-client-id', 'occi'],
    env: { OCCI_REFRESH_TOKEN: planted('Refresh') },
  },
  {
    name: 'OpenID Connect, access token',
    asks: 'bearer',
    args: ['--auth', 'oidc'],
    env: { OCCI_ACCESS_TOKEN: planted('Access') },
  },
  {
    name: 'a client certificate with a passphrase',
    asks: 'nothing',
    tls: true,
    args: ['--auth', 'x509', '--user-cert', 'HOME/user.pem', '--insecure'],
    env: { OCCI_PASSPHRASE: planted('Passphrase') },
  },
  {
    name: 'a wrong passphrase',
    asks: 'nothing',
    tls: true,
    fails: true,
    args: [
      '--auth',
      'x509',
      '--user-cert',
      'HOME/user.pem',
      '--insecure',
      '--passphrase',
      planted('WrongPassphrase'),
    ],
  },
  {
    name: 'userinfo in the endpoint',
    asks: 'basic',
    endpoint: `http://ada:${planted('Userinfo')}@HOST/`,
    fails: true,
  },
  { name: 'a misspelt scheme', asks: 'basic', endpoint: `htp://ada:${planted('Scheme')}@HOST/`, fails: true },
  {
    name: 'userinfo in a broken endpoint',
    asks: 'basic',
    endpoint: `http://ada:${planted('Url')}@ho st:99999/`,
    fails: true,
  },
  {
    name: 'a proxy with a password',
    asks: 'nothing',
    env: { http_proxy: `http://ada:${planted('Proxy')}@HOST/` },
  },
  {
    name: 'a broken proxy setting',
    asks: 'nothing',
    fails: true,
    env: { http_proxy: `ht tp://ada:${planted('BrokenProxy')}@:x/` },
  },
  {
    name: 'headers of one’s own',
    asks: 'nothing',
    args: [
      '--header',
      `Authorization: Bearer ${planted('Header')}`,
      '--header',
      `X-Api-Key: ${planted('ApiKey')}`,
      '--header',
      `Cookie: session=${planted('Cookie')}`,
    ],
  },
  {
    name: 'a header without a colon',
    asks: 'nothing',
    fails: true,
    args: ['--header', `Authorization Bearer ${planted('NoColon')}`],
  },
  {
    name: 'a header of two lines',
    asks: 'nothing',
    fails: true,
    args: ['--header', `X-Auth-Token: ${planted('Line')}\r\nX-Other: ${planted('Line')}`],
  },
  {
    name: 'an option misspelt',
    asks: 'nothing',
    fails: true,
    args: [`--pasword=${planted('Misspelt')}`],
  },
  {
    name: 'a password attribute',
    asks: 'nothing',
    commands: [
      [...attribute('org.example.admin_password'), '-v', '--trace=HOME/trace.txt'],
      [...attribute('org.example.admin_password'), '--curl'],
      [...attribute('org.example.admin_password'), '--dry-run'],
      ['api', 'POST', '/compute/', '--data', posted, '-v', '--trace=HOME/trace.txt'],
      ['api', 'POST', '/compute/', '--data', posted, '--curl'],
      ['api', 'POST', '/compute/', '--data', posted, '--dry-run'],
    ],
  },
  {
    name: 'user data with a password',
    asks: 'nothing',
    shown: true,
    files: { 'setup.sh': `#!/bin/sh\necho root:${planted('UserData')} | chpasswd\n` },
    commands: [
      ['compute', 'create', 'vm', '--user-data', 'HOME/setup.sh', '-v', '--trace=HOME/trace.txt'],
      ['compute', 'create', 'vm', '--user-data', 'HOME/setup.sh', '--curl'],
      ['compute', 'create', 'vm', '--user-data', 'HOME/setup.sh', '--dry-run'],
    ],
  },
  {
    name: 'a context',
    asks: 'basic',
    commands: [
      ['context', 'add', 'work', '--username', 'ada', '--password', planted('Context')],
      ['context', 'show', 'work'],
      ['context', 'show', 'work', '-o', 'json'],
      ['context', 'list', '-o', 'json'],
      ['context', 'use', 'work'],
      ['context', 'test', 'work'],
      ['compute', 'list', '-v', '--trace'],
      ['config', 'explain', '-o', 'json'],
      ['context', 'set', 'work', `password=${planted('Set')}`],
      ['context', 'rename', 'work', 'other'],
      ['context', 'show', 'other', '-o', 'yaml'],
    ],
  },
  {
    name: 'a damaged configuration',
    asks: 'nothing',
    fails: true,
    files: { '.config/occi/config.json': `{"contexts":{"a":{"password":"${planted('Damaged')}",,}}}` },
  },
]
