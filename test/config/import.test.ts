import { describe, expect, it } from 'vitest'
import { allDefinitions } from '../../src/cli/options/definitions.js'
import { cloudNames, readClouds, readOpenrc, readRoboconf } from '../../src/config/index.js'
import { definitions } from './place.js'

const clouds = {
  file: 'clouds.yaml',
  text: `
clouds:
  one:
    auth:
      auth_url: https://keystone.example:5000/v3
      username: me
      project_name: demo
      user_domain_name: Default
    occi_endpoint_override: https://occi.example:8787/occi1.1
    region_name: RegionOne
    verify: false
    cacert: /etc/ca.pem
    networks:
      - name: public
  two:
    auth: {}
`,
}

describe('clouds.yaml', () => {
  it('an empty occi_endpoint in clouds.yaml sets no endpoint', async () => {
    const text = 'clouds:\n  one:\n    occi_endpoint:\n    username: me\n'
    const { settings } = await readClouds({ file: 'clouds.yaml', text }, { definitions })
    expect(settings).toEqual({ username: 'me' })
  })

  it('clouds.yaml is imported together with secure.yaml', async () => {
    const secure = { file: 'secure.yaml', text: 'clouds:\n  one:\n    auth:\n      password: hunter2\n' }
    const imported = await readClouds(clouds, { cloud: 'one', secure, definitions })
    expect(imported).toEqual({
      name: 'one',
      settings: {
        endpoint: 'https://occi.example:8787/occi1.1',
        auth: 'keystone',
        'auth-url': 'https://keystone.example:5000/v3',
        username: 'me',
        password: 'hunter2',
        project: 'demo',
        'user-domain': 'Default',
        'ca-file': '/etc/ca.pem',
      },
      ignored: [
        { name: 'OS_REGION_NAME', reason: 'occi has no setting for it' },
        {
          name: 'verify',
          reason: 'it disables a security check; to set it anyway: occi context set NAME --insecure',
        },
        { name: 'networks', reason: 'not a single value' },
      ],
    })
  })

  it('clouds.yaml with several clouds needs a name', async () => {
    expect(await cloudNames(clouds)).toEqual(['one', 'two'])
    await expect(readClouds(clouds, { definitions })).rejects.toMatchObject({
      message: 'clouds.yaml has 2 clouds.',
      hint: 'Name one of: one, two.',
    })
    await expect(readClouds(clouds, { cloud: '__proto__', definitions })).rejects.toThrow('has no cloud')
  })

  it.each(['', 'x', 'clouds: 3', 'clouds: [', '{'])('the import refuses %j', async (text) => {
    await expect(cloudNames({ file: 'f', text })).rejects.toThrow(/^f (has no "clouds:"|is not valid YAML)/)
  })
})

describe('openrc', () => {
  it('openrc is read as Horizon writes it, and what only a shell can evaluate is reported', () => {
    const text = `#!/usr/bin/env bash
export OS_AUTH_URL=https://keystone.example:5000/v3/
export OS_PROJECT_NAME="my project"
export OS_USER_DOMAIN_NAME='Default'
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_TENANT_NAME=old
unset OS_TENANT_NAME
export OS_USERNAME="me"; export IGNORED=1
echo "Please enter your OpenStack Password: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OCCI_ENDPOINT=https://occi.example:8787
`
    expect(readOpenrc(text, definitions)).toEqual({
      settings: {
        endpoint: 'https://occi.example:8787',
        auth: 'keystone',
        'auth-url': 'https://keystone.example:5000/v3/',
        username: 'me',
        project: 'my project',
        'user-domain': 'Default',
      },
      ignored: [{ name: 'OS_PASSWORD', reason: 'only a shell can evaluate it' }],
    })
  })

  it.each([
    [`OS_PASSWORD='a"b$c'`, 'a"b$c'],
    [`export OS_PASSWORD="a\\"b\\$c\\d"`, 'a"b$c\\d'],
    ['OS_PASSWORD=a\\ b#c # comment', 'a b#c'],
    [`OS_USERNAME=me OS_PASSWORD="x"'y'z`, 'xyz'],
    [`A=secret\nexport OS_PASSWORD="\${A}1$A"`, 'secret1secret'],
    ['OS_PASSWORD=a;rm -rf /', 'a'],
    ['OS_PASSWORD="unterminated', undefined],
    ['OS_PASSWORD=$(cat /etc/passwd)', undefined],
    ['OS_PASSWORD=`id`', undefined],
    ['echo OS_PASSWORD=no', undefined],
  ])('openrc reads %j as %j', (text, password) => {
    expect(readOpenrc(text, definitions).settings.password).toBe(password)
  })

  it('openrc is read without commands that would run later, and without headers', async () => {
    const text = `export OS_AUTH_URL=https://k.example/v3
export OCCI_PASSWORD_COMMAND='touch /tmp/ran'
export OCCI_TOKEN_COMMAND=./get
export OCCI_HEADER='X-From: there'`
    const { settings, ignored } = readOpenrc(text, await allDefinitions())
    expect(Object.keys(settings).toSorted()).toEqual(['auth', 'auth-url'])
    expect(ignored.map(({ name }) => name)).toEqual([
      'OCCI_PASSWORD_COMMAND',
      'OCCI_TOKEN_COMMAND',
      'OCCI_HEADER',
    ])
    expect(ignored[0]?.reason).toContain('occi context set NAME --password-command COMMAND')
  })

  // Guarantee: strangers-files
  it('an import neither weakens a check nor adds a source of secrets, and reports that, but certificates and authorities are taken', async () => {
    const text = `export OCCI_ENDPOINT=https://evil.example/
export OS_INSECURE=true
export OCCI_ALLOW_PLAIN_HTTP=1
export OCCI_CA_SYSTEM=off
export OCCI_TLS_MAX_VERSION=TLSv1.2
export OCCI_PASSWORD_FILE=/home/ada/.ssh/id_ed25519
export OCCI_PASSPHRASE_FILE=/home/ada/x
export OCCI_OIDC_ACCOUNT=egi
export OCCI_KEYRING=1
export OCCI_YES=1
export OCCI_TRUST_PROJECT=1
export OS_CACERT=/etc/ca.pem
export OS_CERT=/home/ada/cert.pem OS_KEY=/home/ada/key.pem`
    const { settings, ignored } = readOpenrc(text, await allDefinitions())
    expect(settings).toEqual({
      endpoint: 'https://evil.example/',
      'ca-file': '/etc/ca.pem',
      'user-cert': '/home/ada/cert.pem',
      'user-key': '/home/ada/key.pem',
    })
    const reasons = Object.fromEntries(ignored.map(({ name, reason }) => [name, reason]))
    expect(reasons['OS_INSECURE']).toMatch(/disables a security check.*occi context set NAME --insecure$/)
    expect(reasons['OCCI_PASSWORD_FILE']).toMatch(/one of your secrets.*--password-file VALUE$/)
    expect(Object.keys(reasons).toSorted()).toEqual([
      'OCCI_ALLOW_PLAIN_HTTP',
      'OCCI_KEYRING',
      'OCCI_OIDC_ACCOUNT',
      'OCCI_PASSPHRASE_FILE',
      'OCCI_PASSWORD_FILE',
      'OCCI_TLS_MAX_VERSION',
      'OCCI_TRUST_PROJECT',
      'OCCI_YES',
      'OS_INSECURE',
    ])
  })

  it('openrc with repeated doubling of a variable does not fill the memory', () => {
    const text = `A=xxxxxxxxxx\n${'A=$A$A\n'.repeat(60)}OS_PASSWORD=$A`
    expect(readOpenrc(text, definitions).settings).toEqual({})
  })
})

describe('Roboconf target.properties', () => {
  it('Roboconf target.properties gives the endpoint and a name, and the rest is reported with a reason', () => {
    const text = [
      '# a target',
      'id: my-occi',
      'handler = iaas-occi',
      'occi.serverIpPort = \\',
      '   192.0.2.7:8080',
      'occi.user=ubuntu',
      'occi.password=hunter2',
    ].join('\r\n')
    const imported = readRoboconf(text)
    expect(imported).toEqual({
      name: 'my-occi',
      settings: { endpoint: 'http://192.0.2.7:8080', auth: 'none' },
      ignored: [
        { name: 'handler', reason: 'it is a setting of Roboconf' },
        { name: 'occi.user', reason: 'it is the login of the virtual machine' },
        { name: 'occi.password', reason: 'it is the login of the virtual machine' },
      ],
    })
    expect(JSON.stringify(imported)).not.toContain('hunter2')
  })

  it('Roboconf target.properties may contain escapes, and is refused without an address', () => {
    expect(readRoboconf('occi.serverIpPort=h\\u0031\\:80').settings.endpoint).toBe('http://h1:80')
    expect(() => readRoboconf('id=x')).toThrow('target.properties has no occi.serverIpPort.')
    expect(() => readRoboconf('occi.serverIpPort=a b')).toThrow('is not host:port')
  })
})
