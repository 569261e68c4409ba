/**
 * What users have at sites with the real Keystone and the real keystonemiddleware: application credentials with
 * access rules, one-time codes, trusts, several regions, and tokens that end while a command waits.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, request as forward, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { type Outcome, place } from './command.js'
import { debianPrefix } from './debian.js'
import { startGuard } from './keystone-guard.js'
import { type KeystoneServer, startKeystone } from './keystone-server.js'
import type { Running } from './process.js'
import { adminToken, api, passwordOf, type Seed, seed, userToken } from './seed.js'
import { totp } from './totp.js'

/** Seconds that a token of the second Keystone lives. */
const short = 15
const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
let keystone: KeystoneServer
let brief: Watched
let found: Seed
let sandbox: SandboxServer
let guard: Running & { readonly url: string }
let briefGuard: Running & { readonly url: string }
let limited: { readonly id: string; readonly secret: string }

/** A Keystone whose tokens are seen, so that a test can count and revoke them. */
interface Watched {
  readonly url: string
  readonly tokens: string[]
  stop(): void
}

async function watched(target: string): Promise<Watched> {
  const tokens: string[] = []
  const { hostname, port } = new URL(target)
  const server: Server = createServer((request, response) => {
    const { method, url: path, headers } = request
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      const token = answer.headers['x-subject-token']
      if (method === 'POST' && typeof token === 'string') tokens.push(token)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-'))
  const prefix = await debianPrefix(['python3-keystone'])
  keystone = await startKeystone(prefix, folder)
  found = await seed(keystone.url)
  // Machines boot slowly, so that a token ends meanwhile.
  sandbox = await serveSandbox(openSandbox({ clock: Date.now, speed: 4 }).sandbox)
  brief = await watched((await keystone.shortLived(short)).url)
  const target = sandbox.endpoint
  guard = await startGuard(prefix, folder, { keystone: keystone.url, named: keystone.url, target })
  briefGuard = await startGuard(prefix, folder, { keystone: keystone.url, named: brief.url, target })

  const admin = await adminToken(keystone.url)
  const call = <T>(method: string, path: string, body: object, token = admin) =>
    api<T>(keystone.url, method, path, token, body)
  const rule = (path: string) => ({ service: 'occi', method: 'GET', path })
  const made = await call<{ application_credential: { id: string } }>(
    'POST',
    `/users/${found.users.demo}/application_credentials`,
    {
      application_credential: {
        name: 'reader',
        secret: 'planted-reader',
        access_rules: ['/-/', '/compute/', '/compute/*'].map(rule),
      },
    },
    await userToken(keystone.url, 'demo', found.projects.demo),
  )
  limited = { id: made.application_credential.id, secret: 'planted-reader' }
  const credential = { type: 'totp', blob: totpSecret, user_id: found.users.demo }
  await call('POST', '/credentials', { credential })

  const { services } = await api<{ services: { id: string; type: string }[] }>(
    keystone.url,
    'GET',
    '/services',
    admin,
  )
  const service_id = services.find(({ type }) => type === 'occi')?.id
  for (const id of ['RegionTwo', 'RegionThree']) await call('POST', '/regions', { region: { id } })
  for (const [region_id, kind, url] of [
    ['RegionTwo', 'public', guard.url],
    ['RegionTwo', 'internal', `${guard.url}internal/`],
    ['RegionThree', 'admin', `${guard.url}admin/`],
  ]) {
    await call('POST', '/endpoints', { endpoint: { service_id, region_id, interface: kind, url } })
  }
})
afterAll(async () => {
  await guard?.stop()
  await briefGuard?.stop()
  brief?.stop()
  await sandbox?.close()
  await keystone?.stop()
})

const demo = {
  OS_USERNAME: 'demo',
  OS_USER_DOMAIN_NAME: 'egi',
  OS_PROJECT_NAME: 'demo',
  OS_PROJECT_DOMAIN_NAME: 'egi',
}
const here = () => ({ OS_AUTH_URL: `${keystone.url}/v3`, OCCI_ENDPOINT: guard.url })

/** No secret is ever printed. */
async function quiet(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running
  expect(outcome.stdout + outcome.stderr).not.toContain('planted')
  return outcome
}

describe('an application credential with access rules', () => {
  const credential = () => ({
    ...here(),
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_APPLICATION_CREDENTIAL_ID: limited.id,
    OS_APPLICATION_CREDENTIAL_SECRET: limited.secret,
  })

  it('an application credential with access rules does what a rule allows, and auth status shows the rules', async () => {
    const home = place(credential())
    expect(await quiet(home.run('compute list -o json'))).toMatchObject({ code: 0, stdout: '[]\n' })
    const status = await quiet(home.run('auth status -o json'))
    expect(JSON.parse(status.stdout)).toMatchObject({
      subject: 'demo (domain egi)',
      details: { accessRules: 'GET /-/, GET /compute/, GET /compute/*' },
    })
  })

  it.each(['network list', 'compute create web --os debian-12 --size small'])(
    'an application credential is refused what no rule allows, and the error shows the rules: %s',
    async (line) => {
      const outcome = await quiet(place(credential()).run(line))
      expect(outcome).toMatchObject({ code: 4, stdout: '' })
      expect(outcome.stderr).toMatch(/whose access rules may not allow (GET \/network\/|POST \/compute\/)/)
      expect(outcome.stderr).toContain('Its access rules: GET /-/, GET /compute/, GET /compute/*.')
    },
  )

  it('an application credential is read from clouds.yaml', async () => {
    const home = place({ OS_CLOUD: 'egi' })
    const folder = join(home.home, '.config/openstack')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(
      join(folder, 'clouds.yaml'),
      `clouds:
  egi:
    auth_type: v3applicationcredential
    auth: { auth_url: ${keystone.url}/v3, application_credential_id: ${limited.id} }
    region_name: RegionTwo
    interface: public
`,
    )
    writeFileSync(
      join(folder, 'secure.yaml'),
      `clouds: { egi: { auth: { application_credential_secret: ${limited.secret} } } }`,
      { mode: 0o600 },
    )
    expect(await quiet(home.run('compute list -o json'))).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  it('logout with access rules reports that they keep the token from being revoked, and ends with 4', async () => {
    const home = place(credential())
    await home.run('auth token')
    const outcome = await quiet(home.run('auth logout'))
    expect(outcome).toMatchObject({ code: 4 })
    expect(outcome.stderr).toContain('The token was deleted on this computer, but Keystone did not revoke it')
    expect(outcome.stderr).toContain('the access rules of the application credential')
    // Nothing is kept any more, so that nothing is asked of Keystone.
    expect(await quiet(home.run('auth logout'))).toMatchObject({ code: 0, stderr: '' })
  })

  it('logout without access rules revokes the token', async () => {
    const { id, secret } = found.credential
    const env = { OS_APPLICATION_CREDENTIAL_ID: id, OS_APPLICATION_CREDENTIAL_SECRET: secret }
    const home = place({ ...credential(), ...env })
    const { stdout } = await home.run('auth token')
    expect(await quiet(home.run('auth logout'))).toMatchObject({ code: 0 })
    const headers = { 'X-Auth-Token': await adminToken(keystone.url), 'X-Subject-Token': stdout.trim() }
    expect((await fetch(`${keystone.url}/v3/auth/tokens`, { headers })).status).toBe(404)
  })
})

describe('a one-time code', () => {
  const user = () => ({ ...demo, ...here(), OS_AUTH_TYPE: 'v3totp' })

  it('a one-time code logs in, and its token is used until logout without another code', async () => {
    const home = place(user())
    const first = await quiet(home.run('compute list -o json', { OS_PASSCODE: totp(totpSecret) }))
    expect(first).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(await quiet(home.run('compute list -o json'))).toMatchObject({ code: 0 })
    expect(await quiet(home.run('auth status -o json'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"totp"'),
    })
    expect(await quiet(home.run('auth logout'))).toMatchObject({ code: 0 })
    const without = await quiet(home.run('compute list'))
    expect(without).toMatchObject({ code: 4, stderr: expect.stringContaining('OCCI_PASSCODE') })
  })

  it('a wrong one-time code ends with 4', async () => {
    const outcome = await quiet(place(user()).run('compute list', { OS_PASSCODE: '000000' }))
    expect(outcome).toMatchObject({ code: 4, stdout: '' })
    expect(outcome.stderr).toContain('refused the totp of demo (domain egi)')
    expect(outcome.stderr).toContain('OS_PASSCODE')
  })

  it('a one-time code as second factor is requested when it is missing, and accepted with the password', async () => {
    const mfa = { ...user(), OS_AUTH_TYPE: '', OS_USERNAME: 'mfa', OS_PASSWORD: passwordOf('mfa') }
    const without = await quiet(place(mfa).run('compute list'))
    expect(without).toMatchObject({ code: 4, stderr: expect.stringContaining('another factor: totp') })
    const passcode = { OS_PASSCODE: totp(found.totpSecret) }
    expect(await quiet(place(mfa).run('compute list -o json', passcode))).toMatchObject({ code: 0 })
  })
})

describe('a token that is given', () => {
  const token = () => userToken(keystone.url, 'demo', found.projects.demo)
  const guarded = () => ({ OCCI_ENDPOINT: guard.url, OCCI_AUTH: 'token' })

  it('a given token is sent in X-Auth-Token', async () => {
    const outcome = await place({ ...guarded(), OCCI_TOKEN: await token() }).run('compute list -o json')
    expect(outcome).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  it.each([
    ['in a header that keystonemiddleware does not read', true, ['--token-header Auth-Token']],
    ['that is none', false, []],
  ])('a given token %s is refused, and occi ends with 4', async (_, real, more) => {
    const env = { ...guarded(), OCCI_TOKEN: real ? await token() : 'planted-none' }
    const outcome = await quiet(place(env).run(['compute list', ...more].join(' ')))
    expect(outcome).toMatchObject({ code: 4, stdout: '' })
    expect(outcome.stderr).toContain(`Keystone at ${keystone.url}`)
  })
})

describe('a trust', () => {
  const trustee = () => ({
    ...here(),
    OS_USERNAME: 'two',
    OS_USER_DOMAIN_NAME: 'egi',
    OS_PASSWORD: passwordOf('two'),
  })

  it('a trust is used and shown', async () => {
    const home = place({ ...trustee(), OS_TRUST_ID: found.trust })
    expect(await quiet(home.run('compute list -o json'))).toMatchObject({ code: 0, stdout: '[]\n' })
    const status = JSON.parse((await quiet(home.run('auth status -o json'))).stdout)
    expect(status).toMatchObject({ project: 'demo (domain egi)', details: { trust: found.trust } })
  })

  it.each([
    [
      'beside a project',
      () => ({ ...demo, OS_TRUST_ID: found.trust }),
      'several were requested: project, trust',
    ],
    [
      'of somebody else',
      () => ({ OS_USERNAME: 'lonely', OS_PASSWORD: passwordOf('lonely'), OS_TRUST_ID: found.trust }),
      'trust',
    ],
    ['that is none', () => ({ OS_TRUST_ID: '00000000000000000000000000000000' }), 'trust'],
  ])('a trust %s is refused, and occi ends with 4', async (_, more, words) => {
    const outcome = await quiet(place({ ...trustee(), ...more() }).run('compute list'))
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(words) })
  })
})

describe('a catalogue with several regions', () => {
  const only = () => ({ ...demo, OS_AUTH_URL: `${keystone.url}/v3`, OS_PASSWORD: passwordOf('demo') })
  const all = 'RegionOne (public), RegionThree (admin), RegionTwo (internal, public)'

  it.each([
    ['OS_REGION_NAME', { OS_REGION_NAME: 'RegionTwo' }, '', () => guard.url],
    ['--region', {}, ' --region RegionTwo', () => guard.url],
    ['OS_INTERFACE', { OS_INTERFACE: 'internal' }, '', () => `${guard.url}internal/`],
    ['OS_ENDPOINT_TYPE', { OS_ENDPOINT_TYPE: 'internalURL' }, '', () => `${guard.url}internal/`],
    [
      '--interface and --region',
      { OS_INTERFACE: 'public' },
      ' --interface admin --region RegionThree',
      () => `${guard.url}admin/`,
    ],
  ])('%s chooses the region', async (_, env, flags, url) => {
    const outcome = await quiet(place({ ...only(), ...env }).run(`auth status -o json${flags}`))
    expect(JSON.parse(outcome.stdout)).toMatchObject({ endpoint: url() })
  })

  it('the chosen region provides the endpoint', async () => {
    const outcome = await quiet(place(only()).run('compute list -o json --region RegionTwo'))
    expect(outcome).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  it.each([
    [' --region Nowhere', 'no OCCI endpoint in the region "Nowhere" with the interface "public"'],
    [
      ' --region RegionTwo --interface admin',
      'no OCCI endpoint in the region "RegionTwo" with the interface "admin"',
    ],
    [' --interface bogus', 'no OCCI endpoint with the interface "bogus"'],
    ['', 'Several regions have an OCCI endpoint with the interface "public", and none was chosen'],
  ])(
    'the region "%s" is refused with one error that lists the regions, and occi ends with 2',
    async (flags, words) => {
      const outcome = await quiet(place(only()).run(`compute list${flags}`))
      expect(outcome).toMatchObject({ code: 2, stdout: '' })
      expect(outcome.stderr).toContain(words)
      expect(outcome.stderr).toContain(`has: ${all}.`)
    },
  )
})

describe('a token that ends while a command waits', () => {
  const user = () => ({ ...demo, OS_PASSWORD: passwordOf('demo'), OCCI_ENDPOINT: briefGuard.url })
  const create = 'compute create web --os debian-12 --size small --wait -o json'

  it('a token that expires while a command waits is renewed for each lifetime', async () => {
    const began = Date.now()
    brief.tokens.length = 0
    const outcome = await quiet(place(user()).run(create))
    expect(outcome).toMatchObject({ code: 0 })
    expect(JSON.parse(outcome.stdout)).toMatchObject({ attributes: { 'occi.compute.state': 'active' } })
    const lives = (Date.now() - began) / 1000 / (short * (2 / 3))
    expect(lives).toBeGreaterThan(1)
    expect(brief.tokens.length).toBeGreaterThanOrEqual(2)
    expect(brief.tokens.length).toBeLessThanOrEqual(Math.ceil(lives) + 1)
    for (const token of brief.tokens) expect(outcome.stdout + outcome.stderr).not.toContain(token)
  })

  it('a token that is revoked while a command waits is renewed', async () => {
    brief.tokens.length = 0
    const running = quiet(place(user()).run(create, { OS_AUTH_URL: `${brief.url}/v3` }))
    while (brief.tokens.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await fetch(`${keystone.url}/v3/auth/tokens`, {
      method: 'DELETE',
      headers: {
        'X-Auth-Token': await adminToken(keystone.url),
        'X-Subject-Token': brief.tokens[0] ?? '',
      },
    })
    const outcome = await running
    expect(outcome).toMatchObject({ code: 0 })
    expect(brief.tokens.length).toBeGreaterThanOrEqual(2)
  })
})
