import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

/** A machine with two contexts: the current one is the practice cloud, the other an unreachable server. */
async function prepared() {
  const at = machine()
  await at.occi('context add practice --endpoint sandbox:')
  await at.occi('context add far --endpoint http://127.0.0.1:9/ --auth none')
  return at
}

describe('contexts', () => {
  it('the first context that is added becomes the current one, and commands then need no --endpoint', async () => {
    const at = await prepared()
    expect((await at.occi('compute list -o json')).out).toBe('[]\n')
    expect((await at.occi('context list -o json --query [].[name,current]')).out.replaceAll(/\s/g, '')).toBe(
      '[["practice",true],["far",false]]',
    )
  })

  it('contexts are stored in a file that only the user can read', async () => {
    const at = await prepared()
    await at.occi('context add login --endpoint https://h/ --username ada --password-stdin', {
      stdin: 'geheim\n',
    })
    const file = join(at.folder, 'config/config.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('geheim')
    for (const words of [
      'context list -o wide',
      'context show login -o json',
      'context list -o json',
      'config explain --context login',
    ]) {
      const { out, err, status } = await at.occi(words)
      expect([words, status, `${out}${err}`.includes('geheim')]).toEqual([words, 0, false])
    }
    expect((await at.occi('context show login')).out).toContain('********')
  })

  it('context show says that the context of OCCI_CONTEXT is in use', async () => {
    const at = await prepared()
    const { out } = await at.occi('context show -o json', { env: { OCCI_CONTEXT: 'far' } })
    expect(JSON.parse(out)).toMatchObject({ name: 'far', current: true })
  })

  it('context use, rename, set, --unset and remove change the stored contexts', async () => {
    const at = await prepared()
    expect((await at.occi('context use far')).out).toBe('far\n')
    await at.occi('context rename far away')
    await at.occi('context set away --timeout 5s --username ada')
    await at.occi('context set away --unset username')
    expect(JSON.parse((await at.occi('context show -o json')).out)).toEqual({
      name: 'away',
      current: true,
      settings: { endpoint: 'http://127.0.0.1:9/', auth: 'none', timeout: '5s' },
    })
    expect((await at.occi('context remove away')).out).toBe('away\n')
    expect(await at.occi('context show')).toMatchObject({ status: 2 })
  })

  it.each([
    ['context use nowhere', 2, 'Available: practice, far'],
    ['compute list --context nowhere', 2, 'Available: practice, far'],
    ['context add practice --endpoint sandbox:', 2, 'already'],
    ['context add new --endpoint nonsense', 2, 'not an http or https URL'],
    ['context add new', 2, '--endpoint'],
    ['context add --endpoint sandbox:', 2, 'NAME'],
    ['context add a/b --endpoint sandbox:', 2, 'cannot be the name'],
    ['context set far', 2, 'nothing to change'],
    ['context set far --unset username', 2, 'no such setting'],
    ['context remove practice nowhere', 2, 'no context "nowhere"'],
  ])('occi %s ends with %d', async (words, status, expected) => {
    const at = await prepared()
    const result = await at.occi(words)
    expect([result.status, result.out]).toEqual([status, ''])
    expect(result.err).toContain(expected)
    expect((await at.occi('context list -o name')).out).toBe('practice\nfar\n')
  })

  it('context use asks on a terminal when no name is given', async () => {
    const at = await prepared()
    const answered = await at.occi('context use', {
      terminal: true,
      prompts: { select: async (_, choices) => choices[1]?.value as never },
    })
    expect(answered.out.trim()).toBe('far')
    expect(await at.occi('context use')).toMatchObject({ status: 2 })
  })

  it('a context that a project file names can be added later', async () => {
    const at = machine()
    writeFileSync(join(at.folder, '.occi.yaml'), 'context: team\n')
    expect(await at.occi('compute list')).toMatchObject({ status: 2 })
    expect(await at.occi('context add team --endpoint sandbox:')).toMatchObject({ status: 0 })
    expect(await at.occi('compute list -o json')).toMatchObject({ status: 0, out: '[]\n' })
  })
})

describe('context test', () => {
  it('context test shows the endpoint, the login method and the number of kinds', async () => {
    const at = await prepared()
    const { out, status } = await at.occi('context test practice -o json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ name: 'practice', endpoint: 'sandbox:', auth: 'auto' })
    expect(JSON.parse(out).kinds).toBeGreaterThan(5)
  })

  it('context test tests the named context although OCCI_ENDPOINT names another endpoint', async () => {
    const at = await prepared()
    const { status, err } = await at.occi('context test far', { env: { OCCI_ENDPOINT: 'sandbox:' } })
    expect(status).toBe(10)
    expect(err).toContain('127.0.0.1:9')
  })
})

describe('precedence', () => {
  it('the order of precedence is flag, environment, project file, context, default', async () => {
    const at = machine()
    await at.occi('context add low --endpoint http://context.example/ --timeout 1s')
    const endpoint = async (words: string, env = {}) =>
      JSON.parse((await at.occi(`config explain endpoint ${words} -o json`, { env })).out)[0]
    expect(await endpoint('')).toMatchObject({ value: 'http://context.example/', origin: 'context' })
    writeFileSync(join(at.folder, '.occi.yaml'), 'endpoint: http://project.example/\n')
    expect(await endpoint('')).toMatchObject({
      value: 'http://project.example/',
      origin: 'project',
      source: join(at.folder, '.occi.yaml'),
    })
    const env = { OCCI_ENDPOINT: 'http://variable.example/' }
    expect(await endpoint('', env)).toMatchObject({ origin: 'environment', source: 'OCCI_ENDPOINT' })
    expect(await endpoint('-e http://flag.example/', env)).toMatchObject({
      origin: 'flag',
      source: '--endpoint',
    })
    expect(
      (await at.occi('config explain timeout auth -o json --query [].origin')).out.replaceAll(/\s/g, ''),
    ).toBe('["context","default"]')
  })

  it('the password of a context is not sent to the server of a project file, and a warning says so', async () => {
    const at = machine()
    await at.occi('context add mine --endpoint http://127.0.0.1:9/ --username ada --password-stdin', {
      stdin: 'geheim',
    })
    writeFileSync(join(at.folder, '.occi.yaml'), 'endpoint: http://127.0.0.1:10/\n')
    const { err, status } = await at.occi('compute list')
    expect(status).toBe(10)
    expect(err).toMatch(
      /not used: password \(would go to http:\/\/127\.0\.0\.1:10\/, which .*\.occi\.yaml names\)/,
    )
    expect(err).toContain('occi context trust .')
  })

  it('config explain names an unknown setting, and with --all lists the unset ones', async () => {
    const at = machine()
    expect(await at.occi('config explain endpiont')).toMatchObject({ status: 2 })
    const { out } = await at.occi('config explain --all -o json --query [].name')
    expect(JSON.parse(out)).toEqual(expect.arrayContaining(['endpoint', 'password', 'auth-url', 'user-cert']))
  })
})

describe('context import', () => {
  const clouds = `clouds:
  prod:
    auth:
      auth_url: https://keystone.example:5000/v3
      username: ada
      project_name: demo
    occi_endpoint_override: https://occi.example:8787/
  lab:
    auth: {auth_url: "https://lab.example:5000/v3", username: bob}
    networks: [one]
`
  it('context import makes a context of each cloud of clouds.yaml and secure.yaml, and reports what it leaves out', async () => {
    const at = machine()
    mkdirSync(join(at.folder, 'os'))
    writeFileSync(join(at.folder, 'os/clouds.yaml'), clouds)
    writeFileSync(join(at.folder, 'os/secure.yaml'), 'clouds: {prod: {auth: {password: geheim}}}\n')
    const { out, err, status } = await at.occi(`context import ${at.folder}/os/clouds.yaml -o name`)
    expect([status, out]).toEqual([0, 'prod\nlab\n'])
    expect(err).toContain('lab: networks was not imported')
    expect(err).not.toContain('geheim')
    expect(JSON.parse((await at.occi('context show prod -o json')).out).settings).toEqual({
      auth: 'keystone',
      'auth-url': 'https://keystone.example:5000/v3',
      username: 'ada',
      project: 'demo',
      password: '********',
      endpoint: 'https://occi.example:8787/',
    })
    expect(await at.occi(`context import ${at.folder}/os/clouds.yaml --cloud lab`)).toMatchObject({
      status: 2,
    })
    expect(await at.occi(`context import ${at.folder}/os/clouds.yaml --cloud lab --replace`)).toMatchObject({
      status: 0,
    })
    expect(await at.occi(`context import ${at.folder}/os/clouds.yaml --name x`)).toMatchObject({ status: 2 })
  })

  it('context import reads openrc without running it, and Roboconf’s target.properties', async () => {
    const at = machine()
    writeFileSync(
      join(at.folder, 'openrc.sh'),
      'export OS_AUTH_URL=https://k.example:5000/v3\nexport OS_USERNAME="ada"\nexport OS_PROJECT_NAME=demo\nread -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\ntouch ' +
        join(at.folder, 'ran'),
    )
    writeFileSync(
      join(at.folder, 'target.properties'),
      'handler: iaas-occi\nid: robo\nocci.serverIpPort = 10.0.0.1:8080\n',
    )
    const openrc = await at.occi(`context import ${at.folder}/openrc.sh -o name`)
    expect([openrc.out, openrc.status]).toEqual(['demo\n', 0])
    expect(openrc.err).toContain('OS_PASSWORD was not imported')
    writeFileSync(
      join(at.folder, 'blank.sh'),
      'export OS_AUTH_URL=https://k.example.org:5000/v3\nexport OS_PROJECT_NAME="my project (2)"\n',
    )
    const blank = await at.occi(`context import ${at.folder}/blank.sh -o name`)
    expect([blank.out, blank.status]).toEqual(['my-project-2\n', 0])
    expect((await at.occi(`context import ${at.folder}/target.properties -o url`)).out).toBe(
      'http://10.0.0.1:8080\n',
    )
    expect(() => statSync(join(at.folder, 'ran'))).toThrow()
  })

  it('context import reports a CA file and the settings that it leaves out, with control characters escaped', async () => {
    const at = machine()
    const file = join(at.folder, 'rc.sh')
    writeFileSync(file, 'export OCCI_ENDPOINT=https://e/\nexport OS_INSECURE=true\nexport OS_CACERT=ca.pem\n')
    const { err } = await at.occi(['context', 'import', file, '--name', 'n'])
    expect(err).toBe(
      'occi: n: the certificate authorities in ca.pem are trusted (ca-file)\n' +
        'occi: n: OS_INSECURE was not imported: it disables a security check; to set it anyway: occi context set NAME --insecure\n',
    )
    expect((await at.occi('context set n --insecure')).status).toBe(0)
    const clouds = join(at.folder, 'clouds.yaml')
    writeFileSync(clouds, 'clouds: {a: {auth: {auth_url: "https://k/v3"}, "x\\e[2Jy": [1]}}\n')
    expect((await at.occi(['context', 'import', clouds])).err).toContain('x\\x1b[2Jy was not imported')
  })

  it('context import fails for a file of an unknown format and for a missing file', async () => {
    const at = machine()
    writeFileSync(join(at.folder, 'notes.txt'), 'hello\n')
    expect(await at.occi(`context import ${at.folder}/notes.txt`)).toMatchObject({ status: 2 })
    expect(await at.occi(`context import ${at.folder}/nothing`)).toMatchObject({ status: 2 })
  })
})

describe('cache clear', () => {
  it('cache clear deletes the cached data, and the next command works', async () => {
    const at = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await at.occi('compute create web --os debian-12 --size small')
    const { out } = await at.occi('cache clear -o json')
    expect(JSON.parse(out)).toMatchObject({ folder: join(at.folder, 'cache') })
    expect(JSON.parse(out).removed).toBeGreaterThan(0)
    expect(JSON.parse((await at.occi('cache clear -o json')).out).removed).toBe(0)
    expect(await at.occi('compute describe web -o name')).toMatchObject({ status: 0 })
  })

  it.each([
    ['--timeout -1', '--timeout cannot be "-1"'],
    ['--connect-timeout soon', '--connect-timeout cannot be "soon"'],
    ['--deadline 5x', '--deadline cannot be "5x"'],
    ['--max-response many', '--max-response cannot be "many"'],
    ['--concurrency 0', '--concurrency cannot be "0"'],
  ])('context add and set refuse %s, which would fail each later command', async (option, message) => {
    const at = machine()
    for (const command of ['add new --endpoint sandbox:', 'set one']) {
      await at.occi('context add one --endpoint sandbox:')
      const { status, err } = await at.occi(`context ${command} ${option}`)
      expect([status, err.split('\n')[0]]).toEqual([2, `occi: ${message}`])
    }
  })

  it.each([
    ['environment', 'OCCI_TIMEOUT cannot be "-1"'],
    ['context', `--timeout from CONFIG (context one) cannot be "-1"`],
  ])('an invalid setting is told with its origin: %s', async (origin, message) => {
    const at = machine({ env: origin === 'environment' ? { OCCI_TIMEOUT: '-1' } : {} })
    await at.occi('context add one --endpoint http://127.0.0.1:9/')
    const file = join(at.folder, 'config', 'config.json')
    if (origin === 'context') {
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace('"endpoint"', '"timeout": "-1", "endpoint"'))
    }
    const { status, err } = await at.occi('compute list')
    expect([status, err.split('\n')[0]?.replace(/\/\S*config.json/, 'CONFIG')]).toEqual([
      2,
      `occi: ${message}`,
    ])
  })
})
