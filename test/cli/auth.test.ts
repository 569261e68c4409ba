import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyringError, openKeyring } from '../../src/cli/runtime/keyring.js'
import { ConfigError } from '../../src/errors/errors.js'
import { machine } from './support/harness.js'

/** A stand-in: a provider with Basic, or one that sends to a Keystone of a few lines. */
let server: Server
let origin: string
let revoked = 0
const model =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="compute/"\n' +
  'Category: ipreservation; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="ipreservation/"\n'

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '', method, headers } = request
    request.resume()
    const json = (status: number, body: unknown, more: Record<string, string> = {}) =>
      response.writeHead(status, { 'Content-Type': 'application/json', ...more }).end(JSON.stringify(body))
    if (url.startsWith('/basic/')) {
      if (
        headers.authorization === undefined ||
        !headers.authorization.endsWith(Buffer.from('ada:planted').toString('base64'))
      ) {
        return response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end('no')
      }
      return response.writeHead(200, { 'Content-Type': 'text/plain' }).end(url.endsWith('/-/') ? model : '')
    }
    if (url.startsWith('/cloud/')) {
      if (headers['x-auth-token'] !== 'scoped-planted') {
        return response.writeHead(401, { 'WWW-Authenticate': `Keystone uri="${origin}/v3"` }).end('no')
      }
      return response.writeHead(200, { 'Content-Type': 'text/plain' }).end(url.endsWith('/-/') ? model : '')
    }
    if (method === 'DELETE') {
      revoked++
      return response.writeHead(204).end()
    }
    if (url === '/' || url === '/v3' || url === '/v3/') {
      return json(200, {
        version: { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${origin}/v3/` }] },
      })
    }
    if (url.startsWith('/v3/auth/projects'))
      return json(200, { projects: [{ id: 'p1', name: 'demo', enabled: true }] })
    if (url.startsWith('/v3/auth/tokens')) {
      const token = {
        methods: ['password'],
        expires_at: '2026-11-21T02:00:00.000000Z',
        user: { name: 'ada', domain: { name: 'Default' } },
        project: { id: 'p1', name: 'demo' },
        catalog: [
          { type: 'compute', endpoints: [{ interface: 'public', url: 'http://127.0.0.1:9/nova' }] },
          { type: 'occi', endpoints: [{ interface: 'public', region: 'R1', url: `${origin}/cloud/` }] },
        ],
      }
      return json(201, { token }, { 'X-Subject-Token': 'scoped-planted' })
    }
    return response.writeHead(404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => server.close())

const basic = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'planted' }
const openrc = { OS_USERNAME: 'ada', OS_PASSWORD: 'planted', OS_USER_DOMAIN_NAME: 'Default' }

describe('occi auth', () => {
  it('auth status shows the subject of the login, for people and for programs', async () => {
    const { occi } = machine({ env: basic })
    const { status, out } = await occi(`auth status --endpoint ${origin}/basic/ -o json`)
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ method: 'basic', subject: 'ada', left: null })
    expect(out).not.toContain('planted')
  })

  it('auth status ends with 4 when no login is accepted', async () => {
    const { occi } = machine({ env: { ...basic, OCCI_PASSWORD: 'wrong-planted' } })
    const { status, out, err } = await occi(`auth status --endpoint ${origin}/cloud/ --auth token`)
    expect({ status, out }).toEqual({ status: 4, out: '' })
    expect(err).not.toContain('planted')
  })

  it('auth status shows the project and the remaining time of a cached Keystone token', async () => {
    const { occi } = machine({ env: openrc })
    const shown = JSON.parse((await occi(`auth status --endpoint ${origin}/cloud/ -o json`)).out) as {
      left: number
    }
    expect(shown).toMatchObject({ method: 'keystone', project: expect.stringContaining('demo') })
    expect(shown.left).toBeGreaterThan(0)
  })

  it('auth token prints the token, and no other command does', async () => {
    const { occi } = machine({ env: openrc })
    expect((await occi(`auth token --endpoint ${origin}/cloud/`)).out).toBe('scoped-planted\n')
    expect(
      (await machine({ env: basic }).occi(`auth token --endpoint ${origin}/basic/ --auth basic`)).status,
    ).toBe(4)
  })

  it('auth explain describes each step without a secret', async () => {
    const { occi } = machine({ env: openrc })
    const { status, out } = await occi(`auth explain --endpoint ${origin}/cloud/`)
    expect(status).toBe(0)
    expect(out).toContain('401')
    expect(out).toContain(`${origin}/v3`)
    expect(out).toContain('logged in: keystone')
    expect(out).not.toContain('planted')
  })

  it('auth explain describes a failure, too, and ends with its status', async () => {
    const { status, out, err } = await machine().occi(`auth explain --endpoint ${origin}/cloud/`)
    expect(status).toBe(4)
    expect(out).toContain('401')
    expect(err).toContain('Keystone')
  })

  it('auth logout revokes the token and deletes it from the cache', async () => {
    const { occi } = machine({ env: openrc })
    await occi(`auth login --endpoint ${origin}/cloud/`)
    const before = revoked
    expect((await occi(`auth logout --endpoint ${origin}/cloud/`)).status).toBe(0)
    expect(revoked).toBeGreaterThan(before)
  })

  it('auth logout does not log in when no token is cached', async () => {
    // A login with this password would be refused.
    const { occi } = machine({ env: { ...openrc, OS_PASSWORD: 'wrong' } })
    const before = revoked
    const { status, err } = await occi(`auth logout --endpoint ${origin}/cloud/`, { terminal: true })
    expect([status, err]).toEqual([0, expect.stringContaining('There was no login to forget')])
    expect(revoked).toBe(before)
  })

  it('the practice cloud needs no login', async () => {
    const { status, out } = await machine().occi('auth status --endpoint sandbox: -o json')
    expect([status, JSON.parse(out)]).toMatchObject([0, { method: 'none', endpoint: 'sandbox:' }])
    const login = await machine().occi('auth login --endpoint sandbox: --save-as practice', {
      terminal: true,
    })
    expect([login.status, login.err]).toEqual([
      0,
      expect.stringContaining('The practice cloud needs no login.'),
    ])
    expect((await machine().occi('auth token --endpoint sandbox:')).status).toBe(4)
  })
})

describe('with Keystone alone', () => {
  it("the endpoint is taken from Keystone's catalogue when none is given", async () => {
    const { occi } = machine({ env: { ...openrc, OS_AUTH_URL: `${origin}/v3` } })
    expect(await occi('compute list -o json')).toMatchObject({ status: 0, out: '[]\n' })
    expect(JSON.parse((await occi('auth status -o json')).out).endpoint).toBe(`${origin}/cloud/`)
  })

  it('kinds of the provider are nouns when only Keystone is given', async () => {
    const { occi } = machine({ env: { ...openrc, OS_AUTH_URL: `${origin}/v3` } })
    expect(await occi('ipreservation list -o json')).toMatchObject({ status: 0, out: '[]\n' })
    expect(await occi('nonsense list')).toMatchObject({ status: 2, err: expect.stringContaining('nonsense') })
  })

  it('the error for a region without OCCI lists the regions that have it', async () => {
    const { occi } = machine({ env: { ...openrc, OS_AUTH_URL: `${origin}/v3`, OS_REGION_NAME: 'R2' } })
    const { status, err } = await occi('compute list')
    expect(status).toBe(2)
    expect(err).toContain('no OCCI endpoint in the region "R2" with the interface "public"')
    expect(err).toMatch(/catalogue has: \S+ \(public\)\. Give --region/)
  })

  it('an endpoint that is given takes precedence over the catalogue', async () => {
    const { occi } = machine({ env: { ...openrc, OS_AUTH_URL: `${origin}/v3` } })
    expect(await occi('compute list --endpoint http://127.0.0.1:9/')).toMatchObject({ status: 10 })
  })
})

describe('clouds.yaml', () => {
  const clouds = (more: string) => `clouds:
  demo:
    auth:
      auth_url: ${origin}/v3
      username: ada
      password: planted
      user_domain_name: Default
    ${more}
`
  const place = (at: ReturnType<typeof machine>, text: string) => {
    const file = join(at.folder, 'clouds.yaml')
    writeFileSync(file, text)
    return { OS_CLIENT_CONFIG_FILE: file }
  }

  it.each([
    ['--os-cloud demo', {}],
    ['', { OS_CLOUD: 'demo' }],
  ])('clouds.yaml provides the login and the endpoint of occi compute list %s', async (words, env) => {
    const at = machine()
    const files = place(at, clouds('region_name: R1'))
    const result = await at.occi(`compute list -o json ${words}`, { env: { ...files, ...env } })
    expect(result).toMatchObject({ status: 0, out: '[]\n' })
  })

  it('the endpoint override of clouds.yaml takes precedence over the catalogue, and an option over both', async () => {
    const at = machine({ env: { OS_CLOUD: 'demo' } })
    const env = place(at, clouds('occi_endpoint_override: http://127.0.0.1:9/here/'))
    expect((await at.occi('compute list', { env })).err).toContain('127.0.0.1:9/here/')
    expect(await at.occi(`compute list -e ${origin}/cloud/`, { env })).toMatchObject({ status: 0 })
  })

  it('cacert and verify of clouds.yaml apply to the connection', async () => {
    const at = machine({ env: { OS_CLOUD: 'demo' } })
    const env = place(at, clouds('cacert: /nowhere/ca.pem'))
    const { status, err } = await at.occi('compute list', { env })
    expect([status, err.includes('/nowhere/ca.pem')]).toEqual([2, true])
  })

  it('the error for an unknown cloud lists the clouds of the file', async () => {
    const at = machine()
    const env = place(at, clouds('region_name: R1'))
    const { status, err } = await at.occi('compute list --os-cloud dmeo', { env })
    expect([status, err.includes('demo')]).toEqual([2, true])
  })
})

describe('the password', () => {
  const words = () => `auth login --endpoint ${origin}/basic/ --auth basic --username ada`

  it('a password is read from a file that only the user can read', async () => {
    const at = machine()
    const file = join(at.folder, 'password')
    writeFileSync(file, 'planted\n', { mode: 0o600 })
    expect(await at.occi(`${words()} --password-file ${file}`)).toMatchObject({ status: 0 })
    chmodSync(file, 0o644)
    const { status, err } = await at.occi(`${words()} --password-file ${file}`)
    expect([status, err.includes(`chmod 600 ${file}`)]).toEqual([2, true])
  })

  it('a password is read from a command, and the error of a failed command does not contain its output', async () => {
    const at = machine()
    const by = (command: string) => at.occi([...words().split(' '), '--password-command', command])
    expect(await by("printf '%s\\n' planted")).toMatchObject({ status: 0 })
    const { status, err } = await by('echo planted; echo the store is locked >&2; exit 3')
    expect(status).toBe(2)
    expect(err).toContain('status 3')
    expect(err).toContain('the store is locked')
    expect(err).not.toContain('planted')
  })

  it('an option for the password takes precedence over a variable, whichever source either names', async () => {
    const at = machine({ env: { OCCI_PASSWORD: 'wrong' } })
    expect(await at.occi([...words().split(' '), '--password-command', 'echo planted'])).toMatchObject({
      status: 0,
    })
  })

  it('a wrong password does not log in', async () => {
    const at = machine({ env: { OCCI_PASSWORD: 'wrong' } })
    expect(await at.occi(words())).toMatchObject({ status: 4, out: '' })
  })

  it('a password is stored in the keyring on request, found there, and deleted at the logout', async () => {
    const at = machine()
    const prompts = { password: async () => 'planted' }
    const login = await at.occi(`${words()} --keyring --save-as c`, { terminal: true, prompts })
    expect([login.status, login.err]).toEqual([0, expect.stringContaining('the password is in the keyring')])
    expect([...at.keyring]).toEqual([[`ada@${origin.replace(/\/$/, '')}`, 'planted']])
    expect(await at.occi('compute list')).toMatchObject({ status: 0 })
    await at.occi('context remove c --yes')
    const list = `compute list --endpoint ${origin}/basic/ --auth basic --username ada`
    expect(await at.occi(`${list} --keyring`)).toMatchObject({ status: 0 })
    expect(await at.occi(list)).toMatchObject({ status: 4 })
    expect(await at.occi(words().replace('login', 'logout').concat(' --keyring'))).toMatchObject({
      status: 0,
    })
    expect(at.keyring.size).toBe(0)
  })

  it.each([
    ['basic', {}, 'ada@cloud.invalid'],
    ['digest', {}, 'ada@cloud.invalid'],
    ['keystone', {}, 'ada@keystone.invalid:5000'],
    ['auto', {}, 'ada@keystone.invalid:5000'],
    ['oidc', { OIDC_ISSUER: 'https://issuer.invalid/realm' }, 'ada@issuer.invalid'],
    ['basic', { OCCI_ENDPOINT: 'http://cloud.invalid/' }, 'ada@http://cloud.invalid'],
  ])(
    'the keyring stores a password under the server that receives it: --auth %s %o',
    async (method, more, account) => {
      const asked: string[] = []
      const env = {
        OCCI_ENDPOINT: 'https://cloud.invalid/',
        OS_AUTH_URL: 'https://keystone.invalid:5000/v3',
        OCCI_USERNAME: 'ada',
        ...more,
      }
      await machine({ env }).occi(`auth logout --keyring --auth ${method}`, {
        openKeyring: async () => ({
          get: () => undefined,
          set: () => {},
          delete: (name: string) => asked.push(name) > 0,
        }),
      })
      expect(asked).toContain(account)
      expect(new Set(asked).size).toBe(1)
    },
  )

  it('a password that the server refuses is not stored in the keyring', async () => {
    const at = machine()
    const prompts = { password: async () => 'wrong' }
    expect(await at.occi(`${words()} --keyring`, { terminal: true, prompts })).toMatchObject({ status: 4 })
    expect(at.keyring.size).toBe(0)
    expect(await at.occi(`${words()} --keyring --password-stdin`, { stdin: 'x' })).toMatchObject({
      status: 2,
    })
  })

  it('the error for a keyring that cannot be used names the alternatives', async () => {
    const at = machine()
    const { status, err } = await at.occi(`${words()} --keyring`, {
      terminal: true,
      prompts: { password: async () => 'planted' },
      openKeyring: async () => {
        throw keyringError(new Error('no Secret Service'))
      },
    })
    expect(status).toBe(2)
    expect(err).toContain('no Secret Service')
    expect(err).toContain('--password-command')
  })

  it('the keyring of this machine stores and deletes a password, or fails with an OcciError', async () => {
    const account = `occi-test-${process.pid}@nowhere`
    try {
      const keyring = await openKeyring()
      keyring.set(account, 'planted')
      expect(keyring.get(account)).toBe('planted')
      expect(keyring.delete(account)).toBe(true)
      expect(keyring.get(account)).toBeUndefined()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
    }
  })
})
