import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

/** A stand-in: a provider with Basic, or one that sends to a Keystone of a few lines. */
let server: Server
let origin: string
let revoked = 0

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
      return response.writeHead(200, { 'Content-Type': 'text/plain' }).end('')
    }
    if (url.startsWith('/cloud/')) {
      if (headers['x-auth-token'] !== 'scoped-planted') {
        return response.writeHead(401, { 'WWW-Authenticate': `Keystone uri="${origin}/v3"` }).end('no')
      }
      return response.writeHead(200, { 'Content-Type': 'text/plain' }).end('')
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
  it('says who somebody is, for people and programs', async () => {
    const { occi } = machine({ env: basic })
    const { status, out } = await occi(`auth status --endpoint ${origin}/basic/ -o json`)
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ method: 'basic', subject: 'ada', left: null })
    expect(out).not.toContain('planted')
  })

  it('ends with 4 when nothing lets one in', async () => {
    const { occi } = machine({ env: { ...basic, OCCI_PASSWORD: 'wrong-planted' } })
    const { status, out, err } = await occi(`auth status --endpoint ${origin}/cloud/ --auth token`)
    expect({ status, out }).toEqual({ status: 4, out: '' })
    expect(err).not.toContain('planted')
  })

  it('shows project and time left of a Keystone token, which is kept', async () => {
    const { occi } = machine({ env: openrc })
    const shown = JSON.parse((await occi(`auth status --endpoint ${origin}/cloud/ -o json`)).out) as {
      left: number
    }
    expect(shown).toMatchObject({ method: 'keystone', project: expect.stringContaining('demo') })
    expect(shown.left).toBeGreaterThan(0)
  })

  it('prints the token only when it is asked for', async () => {
    const { occi } = machine({ env: openrc })
    expect((await occi(`auth token --endpoint ${origin}/cloud/`)).out).toBe('scoped-planted\n')
    expect(
      (await machine({ env: basic }).occi(`auth token --endpoint ${origin}/basic/ --auth basic`)).status,
    ).toBe(4)
  })

  it('explains each step without a secret', async () => {
    const { occi } = machine({ env: openrc })
    const { status, out } = await occi(`auth explain --endpoint ${origin}/cloud/`)
    expect(status).toBe(0)
    expect(out).toContain('401')
    expect(out).toContain(`${origin}/v3`)
    expect(out).toContain('logged in: keystone')
    expect(out).not.toContain('planted')
  })

  it('explains a failure, too, and ends with its status', async () => {
    const { status, out, err } = await machine().occi(`auth explain --endpoint ${origin}/cloud/`)
    expect(status).toBe(4)
    expect(out).toContain('401')
    expect(err).toContain('Keystone')
  })

  it('logs out: the token is revoked and forgotten', async () => {
    const { occi } = machine({ env: openrc })
    await occi(`auth login --endpoint ${origin}/cloud/`)
    const before = revoked
    expect((await occi(`auth logout --endpoint ${origin}/cloud/`)).status).toBe(0)
    expect(revoked).toBeGreaterThan(before)
  })

  it('is not needed for the practice cloud', async () => {
    const { status, err } = await machine().occi('auth status --endpoint sandbox:')
    expect(status).toBe(2)
    expect(err).toContain('needs no login')
  })
})
