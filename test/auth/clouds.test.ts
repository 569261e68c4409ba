import { describe, expect, it } from 'vitest'
import { allAuthOptions, optionsFromClouds, optionsFromEnvironment } from '../../src/auth/index.js'

const clouds = `
clouds:
  egi:
    profile: site
    auth_type: v3applicationcredential
    auth:
      auth_url: https://k.example:5000/v3
      application_credential_id: ac1
    region_name: R1
    interface: internal
    cacert: /etc/ca.pem
    verify: false
    volume_api_version: 3
  numeric:
    auth: { username: demo, password: 12345, project-name: p, made_up: x }
    regions: [R7]
`
const secure =
  'clouds:\n  egi:\n    auth:\n      application_credential_secret: planted\n      auth_url: https://over.example/v3\n'
const open =
  'public-clouds:\n  site:\n    auth: { auth_url: https://under.example/, user_domain_name: Default }\n    identity_api_version: 3\n'

function files(content: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const asked: string[] = []
  return {
    asked,
    cwd: '/work',
    home: '/home/me',
    env: (name: string) => env[name],
    readFile: async (path: string) => {
      asked.push(path)
      const text = content[path]
      if (text === undefined) throw new Error('ENOENT')
      return Buffer.from(text)
    },
  }
}

describe('optionsFromClouds', () => {
  it('optionsFromClouds merges the profile, clouds.yaml and secure.yaml, the last taking precedence', async () => {
    const found = await optionsFromClouds(
      files({
        '/home/me/.config/openstack/clouds.yaml': clouds,
        '/home/me/.config/openstack/secure.yaml': secure,
        '/etc/openstack/clouds-public.yaml': open,
      }),
      'egi',
    )
    expect(found).toMatchObject({
      options: {
        'auth-type': 'v3applicationcredential',
        'auth-url': 'https://over.example/v3',
        'application-credential-id': 'ac1',
        'application-credential-secret': 'planted',
        'user-domain': 'Default',
        'keystone-version': '3',
        region: 'R1',
        interface: 'internal',
        'ca-file': '/etc/ca.pem',
        insecure: 'true',
      },
      files: [
        '/home/me/.config/openstack/clouds.yaml',
        '/home/me/.config/openstack/secure.yaml',
        '/etc/openstack/clouds-public.yaml',
      ],
      ignored: ['volume_api_version'],
    })
    // Each option with the file that gave it, since files are not believed alike.
    expect(found?.sources).toMatchObject({
      'auth-url': '/home/me/.config/openstack/secure.yaml',
      'application-credential-id': '/home/me/.config/openstack/clouds.yaml',
      'application-credential-secret': '/home/me/.config/openstack/secure.yaml',
      'user-domain': '/etc/openstack/clouds-public.yaml',
    })
  })

  it('optionsFromClouds reads keys within keys in linear time', async () => {
    await expect(
      optionsFromClouds(files({ '/work/clouds.yaml': `clouds: ${'? '.repeat(400)}` }), 'egi'),
    ).rejects.toThrow('is not YAML')
    await expect(optionsFromClouds(files({ '/work/clouds.yaml': '? '.repeat(400) }), 'egi')).rejects.toThrow(
      'is not YAML',
    )
  })

  it('optionsFromClouds reads numbers as text, dashes as underscores, and the first region', async () => {
    const found = await optionsFromClouds(
      files({ '/work/clouds.yaml': clouds }, { OS_CLOUD: 'numeric' }),
      undefined,
    )
    expect(found?.options).toEqual({ username: 'demo', password: '12345', project: 'p', region: 'R7' })
    expect(found?.ignored).toEqual(['auth.made_up'])
  })

  it('optionsFromClouds searches the working directory, XDG_CONFIG_HOME and /etc, or only the file that the variable names', async () => {
    const none = files({}, { XDG_CONFIG_HOME: '/x' })
    await expect(optionsFromClouds(none, 'egi')).rejects.toMatchObject({
      code: 'config',
      hint: expect.stringContaining('/x/openstack/clouds.yaml'),
    })
    expect(none.asked).toEqual(
      ['/work', '/x/openstack', '/etc/openstack'].flatMap((folder) =>
        ['yaml', 'yml', 'json'].map((type) => `${folder}/clouds.${type}`),
      ),
    )
    const named = files(
      { '/my.yaml': clouds, '/work/clouds.yaml': 'clouds: {}' },
      { OS_CLIENT_CONFIG_FILE: '/my.yaml' },
    )
    expect((await optionsFromClouds(named, 'egi'))?.options['region']).toBe('R1')
  })

  it('optionsFromClouds returns undefined when no cloud is named', async () => {
    expect(await optionsFromClouds(files({ '/work/clouds.yaml': clouds }), undefined)).toBeUndefined()
  })

  it('optionsFromClouds lists the clouds when the name is wrong, also when it is __proto__', async () => {
    for (const name of ['nope', '__proto__', 'constructor']) {
      await expect(optionsFromClouds(files({ '/work/clouds.yaml': clouds }), name)).rejects.toMatchObject({
        hint: 'It has: egi, numeric.',
      })
    }
  })

  it('optionsFromClouds gives the line of a YAML error without quoting it', async () => {
    const bad = files({ '/work/clouds.yaml': 'clouds:\n  a:\n    password: "planted\n  b: ]' })
    const error = await optionsFromClouds(bad, 'a').catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringMatching(/clouds\.yaml is not YAML \(line \d+\)/),
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('planted')
  })

  it('optionsFromClouds reads a file of nested aliases within its limits', async () => {
    const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefghij'[index]},`.repeat(9)}]`)
      .join('\n')}\nclouds: *j\n`
    await expect(optionsFromClouds(files({ '/work/clouds.yaml': laughs }), 'x')).rejects.toMatchObject({
      code: 'config',
    })
  })
})

describe('optionsFromEnvironment', () => {
  it('optionsFromEnvironment reads all OS_* of an openrc file, prefers OCCI_*, and skips empty variables', async () => {
    const env: Record<string, string> = {
      OS_AUTH_URL: 'https://k/v3',
      OS_USERNAME: 'os',
      OCCI_USERNAME: 'occi',
      OS_PASSWORD: 'planted',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_NAME: 'demo',
      OS_PROJECT_ID: '',
      OS_PROJECT_DOMAIN_ID: 'default',
      OS_IDENTITY_API_VERSION: '3',
      OS_INTERFACE: 'public',
      OS_REGION_NAME: 'RegionOne',
      OS_CACERT: '/ca.pem',
      OS_INSECURE: 'true',
    }
    expect(optionsFromEnvironment(await allAuthOptions(), (name) => env[name])).toEqual({
      'auth-url': 'https://k/v3',
      username: 'occi',
      password: 'planted',
      'user-domain': 'Default',
      project: 'demo',
      'project-domain-id': 'default',
      'keystone-version': '3',
      interface: 'public',
      region: 'RegionOne',
      'ca-file': '/ca.pem',
      insecure: 'true',
    })
  })

  it.each([
    ['OS_TENANT_NAME', 'project'],
    ['ROCCI_CLIENT_KEYSTONE_TENANT', 'project'],
    ['OS_TENANT_ID', 'project-id'],
    ['OS_APPLICATION_CREDENTIAL_ID', 'application-credential-id'],
    ['OS_APPLICATION_CREDENTIAL_SECRET', 'application-credential-secret'],
    ['OS_TOKEN', 'token'],
    ['OS_ACCESS_TOKEN', 'access-token'],
    ['OS_IDENTITY_PROVIDER', 'identity-provider'],
    ['OS_PROTOCOL', 'protocol'],
    ['OS_DISCOVERY_ENDPOINT', 'oidc-discovery'],
    ['OS_CLIENT_ID', 'oidc-client-id'],
    ['OS_CLIENT_SECRET', 'oidc-client-secret'],
    ['OS_CERT', 'user-cert'],
    ['OS_KEY', 'user-key'],
    ['OS_DOMAIN_NAME', 'domain'],
    ['OS_USER_ID', 'user-id'],
    ['OS_AUTH_TYPE', 'auth-type'],
  ])('optionsFromEnvironment reads %s as %s', async (variable, option) => {
    const found = optionsFromEnvironment(await allAuthOptions(), (name) =>
      name === variable ? 'x' : undefined,
    )
    expect(found).toEqual({ [option]: 'x' })
  })
})
