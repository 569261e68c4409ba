/** Every v3 flow against the real Keystone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AuthContext,
  allAuthOptions,
  authContext,
  type Credentials,
  loadAuthPlugin,
  memoryCache,
  optionsFromEnvironment,
  signedTransport,
} from '../../../src/auth/index.js'
import type { OcciError } from '../../../src/errors/errors.js'
import { createTransport, type HttpRequest, type Transport } from '../../../src/transport/index.js'
import { debianPrefix } from './debian.js'
import { startOidcFront, startProxyFront } from './fronts.js'
import { type KeystoneServer, startKeystone } from './keystone-server.js'
import { passwordOf, type Seed, seed, userToken } from './seed.js'
import { totp } from './totp.js'
import { Lab, leaf, proxyExtensions } from './x509/lab.js'

let folder: string
let server: KeystoneServer
let found: Seed
const transports: Transport[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'occi-keystone-'))
  server = await startKeystone(await debianPrefix(['python3-keystone']), folder)
  found = await seed(server.url)
})
afterAll(async () => {
  for (const transport of transports) await transport.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function setup(options: Record<string, string>, more: Partial<Parameters<typeof authContext>[0]> = {}) {
  const requests: HttpRequest[] = []
  const log: string[] = []
  const context = authContext({
    endpoint: 'http://127.0.0.1:1/',
    options: { 'auth-url': `${server.url}/v3`, ...options },
    log: (step) => log.push(step),
    transport: (tls) => counted(requests, tls),
    ...more,
  })
  return { context, requests, log }
}

function counted(requests: HttpRequest[], tls?: Parameters<AuthContext['transport']>[0]): Transport {
  const inner = createTransport({ userAgent: 'occi-test', ...(tls === undefined ? {} : { tls }) })
  transports.push(inner)
  return {
    ...inner,
    send: (request) => {
      requests.push(request)
      return inner.send(request)
    },
  }
}

const as = (user: string): Record<string, string> => ({
  username: user,
  'user-domain': 'egi',
  password: passwordOf(user),
})
const open = async (options: Record<string, string>, more: Partial<Parameters<typeof authContext>[0]> = {}) =>
  (await loadAuthPlugin('keystone')).authenticate(setup(options, more).context)

async function failing(options: Record<string, string>, more = {}): Promise<OcciError> {
  const error = await open(options, more).then(
    () => undefined,
    (reason: unknown) => reason as OcciError,
  )
  if (error === undefined) throw new Error('it worked')
  expect(error.code).toBe('auth')
  expect(JSON.stringify([error.message, error.hint, error.http, error.facts])).not.toContain('planted')
  return error
}

/** Whether Keystone itself takes the token, and what it says of it. */
async function validate(
  credentials: Credentials,
): Promise<{ readonly status: number; readonly body: string }> {
  const token = (await credentials.token?.()) ?? ''
  const response = await fetch(`${server.url}/v3/auth/tokens`, {
    headers: { 'X-Auth-Token': token, 'X-Subject-Token': token },
  })
  return { status: response.status, body: await response.text() }
}

describe('passwords and scopes', () => {
  it.each([
    ['name and domain name', () => as('demo')],
    [
      'name and domain id',
      () => ({ username: 'demo', 'user-domain-id': found.domain, password: passwordOf('demo') }),
    ],
    ['user id', () => ({ 'user-id': found.users.demo, password: passwordOf('demo') })],
  ])('Keystone accepts a password %s', async (_, who) => {
    const credentials = await open(who())
    expect(await validate(credentials)).toMatchObject({ status: 200 })
    expect(credentials.describe()).toMatchObject({
      subject: 'demo (domain egi)',
      project: 'demo (domain egi)',
      details: { roles: expect.stringContaining('member') },
    })
  })

  it.each([
    ['project id', () => ({ 'project-id': found.projects.other }), { project: 'other (domain egi)' }],
    [
      'project name and domain',
      () => ({ project: 'other', 'project-domain': 'egi' }),
      { project: 'other (domain egi)' },
    ],
    ['project name alone', () => ({ project: 'other' }), { project: 'other (domain egi)' }],
    [
      'project id given as name',
      () => ({ project: found.projects.other }),
      { project: 'other (domain egi)' },
    ],
    ['trust', () => ({ 'trust-id': found.trust }), { project: 'demo (domain egi)' }],
    ['unscoped', () => ({ unscoped: 'true' }), { subject: 'two (domain egi)' }],
  ])('Keystone accepts the scope %s', async (_, scope, described) => {
    const credentials = await open({ ...as('two'), ...scope() })
    expect(credentials.describe()).toMatchObject(described)
    expect((await validate(credentials)).status).toBe(200)
  })

  it.each([
    ['domain by name', () => ({ ...as('demo'), domain: 'egi' }), { domain: 'egi' }],
    ['domain by id', () => ({ ...as('demo'), 'domain-id': found.domain }), { domain: 'egi' }],
    [
      'system',
      () => ({ username: 'admin', password: 'planted-admin', 'system-scope': 'all' }),
      { scope: 'system' },
    ],
  ])('Keystone refuses the scope %s', async (_, options, details) => {
    expect((await open(options())).describe().details).toMatchObject(details)
  })

  it('one of several projects is chosen, or all are listed, or the first is taken', async () => {
    const chosen = await open(as('two'), { choose: async () => found.projects.other })
    expect(chosen.describe().project).toContain('other')
    const error = await failing(as('two'))
    expect(error.message).toBe('You have 2 projects, and none was chosen')
    expect(error.hint).toMatch(/demo.*other|other.*demo/)
    expect((await open({ ...as('two'), 'project-auto': 'true' })).describe().project).toMatch(/demo|other/)
  })
})

describe('refusals', () => {
  it.each([
    ['wrong password', () => ({ ...as('demo'), password: 'planted-no' })],
    ['wrong domain', () => ({ ...as('demo'), 'user-domain': 'Default' })],
    ['unknown user', () => ({ ...as('demo'), username: 'nobody' })],
    ['unknown project', () => ({ ...as('demo'), project: 'none', 'project-domain': 'egi' })],
    ['no role in the project', () => ({ ...as('lonely'), 'project-id': found.projects.demo })],
  ])(
    'a refusal for %s shows what was sent, and that Keystone does not name the wrong part',
    async (_, options) => {
      const error = await failing(options())
      expect(error.message).toContain('Keystone refused the password of')
      expect(error.hint).toContain('does not say which')
      expect(error.http).toMatchObject({ status: 401, requestId: expect.stringContaining('req-') })
    },
  )

  it('a user without a project is reported', async () => {
    expect(await failing(as('lonely'))).toMatchObject({
      message: 'You are authenticated as lonely but have no project',
      hint: expect.stringContaining('VO'),
    })
  })

  it('a project that the user does not have is reported', async () => {
    expect(await failing({ ...as('demo'), project: 'other' })).toMatchObject({
      message: 'demo has no project "other"',
    })
  })

  it('v2.0, which Keystone no longer has, is reported', async () => {
    expect((await failing({ ...as('demo'), 'keystone-version': '2' })).message).toContain('offers v3')
  })

  it('a path that is not Keystone is reported', async () => {
    const error = await failing({ ...as('demo'), 'auth-url': `${server.url}/elsewhere` })
    expect(error.message).toContain('does not answer like Keystone')
    expect(error.message).toContain('text/html')
  })
})

describe('tokens', () => {
  it('an unscoped token is rescoped', async () => {
    const token = (await (await open({ ...as('two'), unscoped: 'true' })).token?.()) ?? ''
    expect((await open({ token, project: 'other' })).describe().project).toContain('other')
  })

  it('a scoped token is used unchanged', async () => {
    const token = await userToken(server.url, 'demo', found.projects.demo)
    const credentials = await open({ token })
    expect(await credentials.token?.()).toBe(token)
    expect(credentials.describe().project).toContain('demo')
  })

  it('a revoked token is reported', async () => {
    const credentials = await open(as('demo'))
    const token = (await credentials.token?.()) ?? ''
    await credentials.forget?.()
    expect((await validate(credentials)).status).toBe(401)
    expect((await failing({ token, 'project-id': found.projects.demo })).message).toBe(
      'The token is not valid, or has expired',
    )
    expect((await failing({ token })).message).toBe('The token is not valid, or has expired')
  })

  it('an expired token is reported', async () => {
    const short = await server.shortLived(2)
    const token = await userToken(short.url, 'demo', found.projects.demo)
    await sleep(3000)
    expect((await failing({ token, 'project-id': found.projects.demo })).message).toBe(
      'The token is not valid, or has expired',
    )
  })

  it('text that is not a token is reported', async () => {
    expect((await failing({ token: 'planted-rubbish', 'project-id': found.projects.demo })).message).toBe(
      'The token is not valid, or has expired',
    )
  })
})

describe('application credentials', () => {
  it('an application credential logs in by id', async () => {
    const { id, secret } = found.credential
    const credentials = await open({
      'application-credential-id': id,
      'application-credential-secret': secret,
    })
    expect(credentials.describe()).toMatchObject({
      project: 'demo (domain egi)',
      details: { authentication: 'application-credential' },
    })
    expect((await validate(credentials)).status).toBe(200)
  })

  it('an application credential logs in by name and user, without the requested scope that Keystone would refuse', async () => {
    const credentials = await open({
      'application-credential-name': 'lab',
      username: 'demo',
      'user-domain': 'egi',
      'application-credential-secret': found.credential.secret,
      'project-id': found.projects.demo,
    })
    expect(credentials.describe().project).toContain('demo')
  })

  it('an application credential with a wrong secret is reported', async () => {
    const options = {
      'application-credential-id': found.credential.id,
      'application-credential-secret': 'planted-no',
    }
    expect((await failing(options)).message).toContain('Keystone refused the application credential')
  })

  it('the token of an application credential is used unchanged, and cannot be rescoped', async () => {
    const made = await open({
      'application-credential-id': found.credential.id,
      'application-credential-secret': found.credential.secret,
    })
    const token = (await made.token?.()) ?? ''
    expect((await open({ token })).describe().project).toContain('demo')
    const error = await failing({ token, 'project-id': found.projects.other })
    expect(error.hint).toContain('application credential itself')
  })
})

describe('one-time codes', () => {
  const counter = () => Math.floor(Date.now() / 30_000)
  /** Each test takes another step of the window that Keystone allows. */
  const code = (step: number) => totp(found.totpSecret, step)

  it('a password alone is answered with a receipt, and the one-time code completes the login', async () => {
    const secret = async (name: string) => (name === 'passcode' ? code(counter()) : passwordOf('mfa'))
    const credentials = await open({ ...as('mfa'), 'project-id': found.projects.demo }, { secret })
    expect((await validate(credentials)).status).toBe(200)
  })

  it('a password and a one-time code are sent together', async () => {
    const credentials = await open({
      ...as('mfa'),
      passcode: code(counter() - 1),
      'project-id': found.projects.demo,
    })
    expect((await validate(credentials)).status).toBe(200)
  })

  it('a missing one-time code is reported', async () => {
    expect((await failing({ ...as('mfa'), 'project-id': found.projects.demo })).message).toContain(
      'another factor: totp',
    )
  })
})

describe('discovery', () => {
  it.each(['', '/', '//', '/v3', '/v3/', '/v2.0', '//v2.0/', '/v3/v3', '/v3/auth/tokens'])(
    'Keystone v3 is discovered from the URL with "%s"',
    async (path) => {
      const credentials = await open({ ...as('demo'), 'auth-url': `${server.url}${path}` })
      expect(credentials.describe().details?.['version']).toBe('3')
    },
  )

  it('the OCCI endpoint is found in the catalogue', async () => {
    const { context } = setup(as('demo'))
    const credentials = await (await loadAuthPlugin('keystone')).authenticate({
      ...context,
      endpoint: undefined,
    })
    expect(credentials.endpoint).toBe(found.occiUrl)
  })
})

/** An OCCI endpoint that asks the real Keystone about each token, as keystonemiddleware does. */
async function occiEndpoint(challenge: (uri: string) => string) {
  let denied = 0
  const endpoint = createServer(async (request, response) => {
    const token = String(request.headers['x-auth-token'] ?? '')
    const check = await fetch(`${server.url}/v3/auth/tokens`, {
      headers: { 'X-Auth-Token': token, 'X-Subject-Token': token },
    })
    if (check.status !== 200) {
      denied += 1
      response
        .writeHead(401, { 'WWW-Authenticate': challenge(server.url), 'Content-Type': 'text/plain' })
        .end('Authentication required')
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Category: compute')
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
    denied: () => denied,
    stop: () =>
      new Promise<void>((resolve) => {
        endpoint.closeAllConnections()
        endpoint.close(() => resolve())
      }),
  }
}

describe('an endpoint that asks for Keystone, with only OS_* set', () => {
  it.each([
    ["Keystone uri='…/v2.0' (occi-os, rOCCI-server)", (uri: string) => `Keystone uri='${uri}/v2.0'`],
    ['Keystone uri="…" (keystonemiddleware)', (uri: string) => `Keystone uri="${uri}"`],
  ])('%s logs in, and the second command asks Keystone nothing', async (_, challenge) => {
    const endpoint = await occiEndpoint(challenge)
    try {
      const environment: Record<string, string> = {
        OS_USERNAME: 'demo',
        OS_PASSWORD: passwordOf('demo'),
        OS_USER_DOMAIN_NAME: 'egi',
        OS_PROJECT_NAME: 'demo',
        OS_PROJECT_DOMAIN_NAME: 'egi',
      }
      const options = optionsFromEnvironment(await allAuthOptions(), (name) => environment[name])
      const cache = memoryCache()
      const command = async () => {
        const requests: HttpRequest[] = []
        const context = authContext({
          endpoint: endpoint.url,
          options,
          cache,
          transport: (tls) => counted(requests, tls),
        })
        const credentials = await (await loadAuthPlugin('auto')).authenticate(context)
        const signed = signedTransport(counted([]), credentials, endpoint.url)
        const answer = await signed.send({
          method: 'GET',
          url: `${endpoint.url}-/`,
          headers: [['Accept', 'text/plain']],
        })
        return {
          status: answer.status,
          keystone: requests.filter(({ url }) => url.startsWith(server.url)).length,
          asked: requests.length,
        }
      }
      expect(await command()).toMatchObject({ status: 200 })
      expect(await command()).toEqual({ status: 200, keystone: 0, asked: 0 })
      expect(endpoint.denied()).toBe(1)
    } finally {
      await endpoint.stop()
    }
  })

  it('a token that was revoked meanwhile is renewed once', async () => {
    const endpoint = await occiEndpoint((uri) => `Keystone uri="${uri}/v3"`)
    try {
      const { context, requests } = setup(
        { ...as('demo'), 'project-id': found.projects.demo },
        { endpoint: endpoint.url },
      )
      const credentials = await (await loadAuthPlugin('keystone')).authenticate(context)
      const token = (await credentials.token?.()) ?? ''
      await fetch(`${server.url}/v3/auth/tokens`, {
        method: 'DELETE',
        headers: { 'X-Auth-Token': token, 'X-Subject-Token': token },
      })
      requests.length = 0
      const signed = signedTransport(counted([]), credentials, endpoint.url)
      expect((await signed.send({ method: 'GET', url: endpoint.url, headers: [] })).status).toBe(200)
      expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
      expect(endpoint.denied()).toBe(1)
    } finally {
      await endpoint.stop()
    }
  })
})

describe('federation', () => {
  let lab: Lab
  const person = '/DC=org/DC=lab/O=Masaryk University/CN=Demo User 1'
  beforeAll(() => {
    lab = new Lab()
    lab.authority('ca', '/DC=org/DC=lab/CN=Lab Test CA')
    lab.key('server')
    lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
    lab.key('user')
    lab.certificate('user', person, 'ca', leaf)
    lab.key('proxy')
    lab.certificate('proxy', `${person}/CN=1234567890`, 'user', proxyExtensions())
    lab.join('proxy-chain.pem', 'proxy.pem', 'proxy.key', 'user.pem')
  })
  afterAll(() => lab?.remove())

  it('federation exchanges an RFC 3820 proxy for a token with a project', async () => {
    const front = await startProxyFront(lab, server.url)
    try {
      const trusting = {
        transport: (tls: Parameters<AuthContext['transport']>[0]) =>
          counted([], { ...tls, ca: [lab.read('ca.pem')] }),
      }
      const options = {
        voms: 'true',
        'auth-url': `${front.url}/v3`,
        'user-cert': lab.path('proxy-chain.pem'),
      }
      const credentials = await open(options, trusting)
      expect(credentials.describe()).toMatchObject({
        subject: expect.stringContaining('CN=1234567890'),
        project: expect.stringContaining('demo'),
      })
      expect((await validate(credentials)).status).toBe(200)
      const wrong = await failing({ ...options, protocol: 'voms' }, trusting)
      expect(wrong.message).toContain('egi.eu/voms')
      expect(wrong.hint).toContain('identity-provider')
    } finally {
      await front.stop()
    }
  })

  it('federation exchanges an access token for a token with a project, and a wrong one gets the login page', async () => {
    const front = await startOidcFront(server.url, 'planted-bearer')
    try {
      const credentials = await open({ 'access-token': 'planted-bearer', 'auth-url': front.url })
      expect(credentials.describe()).toMatchObject({
        subject: expect.stringContaining('alice@egi.eu'),
        project: expect.stringContaining('demo'),
      })
      expect((await validate(credentials)).status).toBe(200)
      expect((await failing({ 'access-token': 'planted-wrong', 'auth-url': front.url })).message).toContain(
        'login page',
      )
    } finally {
      await front.stop()
    }
  })

  it('federation reports names that do not exist', async () => {
    const error = await failing({ 'access-token': 'planted', 'identity-provider': 'nowhere' })
    expect(error.message).toMatch(/nowhere\/openid|refused/)
  })
})
