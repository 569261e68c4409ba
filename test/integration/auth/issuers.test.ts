/** Issuers as they differ: clients without a person, descriptions that name other places, clocks, no answer at all. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authContext, loadAuthPlugin } from '../../../src/auth/index.js'
import { OcciClient } from '../../../src/client/index.js'
import { createTransport } from '../../../src/transport/index.js'
import { debianPrefix } from './debian.js'
import { type Instead, type Issuer, secrets, startIssuer } from './issuer.js'
import { keptTokens, logIn, serverLab, userAt } from './oidc-user.js'
import { type ProtectedCloud, protectedCloud } from './protected.js'
import type { Lab } from './x509/lab.js'

let lab: Lab
let issuer: Issuer
/** Takes a client's secret in the form only. */
let formal: Issuer
/** Describes itself as `description` says. */
let front: Issuer
let description: (endpoints: object) => Instead | undefined
let cloud: ProtectedCloud
let formalCloud: ProtectedCloud
/** What makes a program believe another time. */
let otherTime: (seconds: number) => Readonly<Record<string, string>>

beforeAll(async () => {
  const faketime = await debianPrefix(['libfaketime'])
  const folder = `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime`
  otherTime = (seconds) => ({
    LD_PRELOAD: faketime.path(join(folder, 'libfaketime.so.1')),
    FAKETIME: `${seconds >= 0 ? '+' : ''}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
  // Certificates of yesterday: a clock that is slow finds new ones not valid yet.
  Object.assign(process.env, otherTime(-86_400))
  lab = serverLab()
  for (const name of Object.keys(otherTime(0))) delete process.env[name]
  issuer = await startIssuer(lab, { path: '/realms/lab', lifetime: 9 })
  formal = await startIssuer(lab, {
    more: { clientAuthMethods: ['client_secret_post', 'none'], clients: formalClients },
  })
  front = await startIssuer(lab, {
    path: '/front',
    instead: ({ path }) =>
      path.startsWith('/front/.well-known/')
        ? description({
            token_endpoint: `${issuer.url}/token`,
            device_authorization_endpoint: `${issuer.url}/device/auth`,
            revocation_endpoint: `${issuer.url}/token/revocation`,
          })
        : undefined,
  })
  cloud = await protectedCloud(() => issuer)
  formalCloud = await protectedCloud(() => formal)
})
afterAll(async () => {
  for (const each of [cloud, formalCloud, issuer, formal, front]) await each?.stop()
  lab?.remove()
})

const formalClients = [
  {
    client_id: 'service',
    client_secret: secrets.service,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  },
  {
    client_id: 'sandbox',
    client_secret: secrets.sandbox,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: [],
    redirect_uris: [],
    response_types: [],
  },
]
const service = { OCCI_OIDC_CLIENT_ID: 'service', OCCI_OIDC_GRANT: 'client-credentials', OCCI_OIDC_SCOPE: '' }
const count = (what: string) => issuer.asked.filter((each) => each === what).length
const told = (body: object): Instead => ({ status: 200, body: JSON.stringify(body) })

describe('client credentials', () => {
  it.each([
    ['shown by basic', () => [issuer, cloud] as const],
    ['shown in the form, where the issuer takes nothing else', () => [formal, formalCloud] as const],
  ])('the client secret is sent %s', async (_, where) => {
    const [from, at] = where()
    const user = userAt(lab, from, at, { ...service, OCCI_OIDC_CLIENT_SECRET: secrets.service })
    const outcome = await user.run('compute list -o json -v --trace')
    expect(outcome.code).toBe(0)
    expect(outcome.stderr + outcome.stdout).not.toContain('planted')
    expect(at.subjects.at(-1)).toBe('service')
    const status = await user.run('auth status -o json')
    expect(JSON.parse(status.stdout)).toMatchObject({ subject: 'service', issuer: from.url })
    expect(await user.run('auth logout')).toMatchObject({ code: 0 })
    expect(keptTokens(user)).toEqual([])
  })

  it('a wrong secret, a missing secret and a forbidden client cause different errors', async () => {
    const user = userAt(lab, issuer, cloud, service)
    const wrong = { OCCI_OIDC_CLIENT_SECRET: 'planted-wrong' }
    const may = { OCCI_OIDC_CLIENT_ID: 'occi:confidential', OCCI_OIDC_CLIENT_SECRET: secrets.confidential }
    for (const [env, words] of [
      [wrong, /invalid_client[\s\S]*--oidc-client-id/],
      [{}, /needs the client secret[\s\S]*OCCI_OIDC_CLIENT_SECRET/],
      [may, /not allowed for this client[\s\S]*what the issuer allows this client/],
    ] as const) {
      const outcome = await user.run('compute list', env)
      expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(words) })
      expect(outcome.stderr).not.toContain('planted')
    }
  })
})

describe("an issuer's description", () => {
  it('an issuer may name endpoints of another server', async () => {
    description = (endpoints) => told({ issuer: front.url, ...endpoints })
    const user = userAt(lab, front, cloud)
    expect(await logInAt(user)).toMatchObject({ code: 0 })
    expect(await user.run('compute list')).toMatchObject({ code: 0 })
    expect(cloud.subjects.at(-1)).toBe('alice')
  })

  it('a document of another issuer is refused, and nothing is sent to the endpoints in it', async () => {
    const user = userAt(lab, front, cloud, { OCCI_REFRESH_TOKEN: 'planted-refresh' })
    for (const body of [{ issuer: issuer.url }, { issuer: `${front.url}/x` }, {}]) {
      description = (endpoints) => told({ ...endpoints, ...body })
      const before = issuer.asked.length
      const outcome = await user.run('compute list')
      expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('describes another issuer') })
      expect(issuer.asked.length).toBe(before)
    }
  })

  it('the document of an issuer is read from --oidc-discovery', async () => {
    const url = `${issuer.url}/.well-known/openid-configuration`
    const user = userAt(lab, issuer, cloud, { OCCI_OIDC_ISSUER: '', OCCI_OIDC_DISCOVERY: url })
    expect(await logInAt(user)).toMatchObject({ code: 0 })
    expect(await user.run('compute list')).toMatchObject({ code: 0 })
  })

  it('errors for a wrong, unreachable or untrusted issuer name the issuer, not the endpoint', async () => {
    description = () => ({ status: 404, body: '{}' })
    const page = userAt(lab, front, cloud)
    const gone = userAt(lab, front, cloud, { OCCI_OIDC_ISSUER: 'https://127.0.0.1:1/realm' })
    const strange = userAt(lab, front, cloud, { OCCI_CA_FILE: '' })
    const plain = userAt(lab, front, cloud, { OCCI_OIDC_ISSUER: 'http://issuer.example.org' })
    for (const [user, code, words] of [
      [page, 4, /does not describe an OpenID Connect issuer \(404\)[\s\S]*--oidc-issuer/],
      [gone, 10, /refuses the connection[\s\S]*Check the port of the issuer/],
      [strange, 10, /not trusted[\s\S]*--ca-file/],
      [plain, 4, /not an https: URL/],
    ] as const) {
      const outcome = await user.run('compute list --retries 0')
      expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(words) })
      expect(outcome.stderr).not.toMatch(/endpoint|http:\/\/ instead/)
    }
  })

  const logInAt = (user: ReturnType<typeof userAt>) => logIn(user, issuer, 'alice')
})

it.each([120, -120])('a clock that is wrong by %d seconds does not prevent a login', async (seconds) => {
  const user = userAt(lab, issuer, cloud)
  const skewed = otherTime(seconds)
  const command = user.start('auth login -o json', skewed)
  await issuer.confirm((await command.says(/Open (\S+) in a browser/))[1] ?? '', 'alice')
  const login = await command.ended
  expect(login).toMatchObject({ code: 0 })
  const { left, expires } = JSON.parse(login.stdout) as { left: number; expires: string }
  expect(left).toBeGreaterThan(0)
  // Proof that the command believes the other time.
  expect(Math.abs(Date.parse(expires) - Date.now() - seconds * 1000)).toBeLessThan(20_000)
  const before = count('POST /realms/lab/token')
  expect(await user.run('compute list', skewed)).toMatchObject({ code: 0, stderr: '' })
  expect(count('POST /realms/lab/token')).toBe(before)
  await sleep(6500)
  expect(await user.run('compute list', skewed)).toMatchObject({ code: 0, stderr: '' })
  expect(count('POST /realms/lab/token')).toBe(before + 1)
})

it('the library renews a token once for requests that run at the same time, and after a refusal', async () => {
  const options = {
    'oidc-issuer': issuer.url,
    'oidc-client-id': 'service',
    'oidc-grant': 'client-credentials',
    'oidc-client-secret': secrets.service,
  }
  const transport = createTransport({ userAgent: 'test', tls: { ca: [lab.read('ca.pem')] } })
  const context = authContext({ endpoint: cloud.url, options, transport: () => transport })
  const credentials = await (await loadAuthPlugin('oidc')).authenticate(context)
  const client = new OcciClient({ endpoint: cloud.url, transport, credentials })
  const ten = () =>
    Promise.all(
      Array.from({ length: 10 }, async () => {
        for await (const machine of client.list('compute')) expect(machine.kind).toBeDefined()
      }),
    )
  await ten()
  expect(cloud.subjects.length).toBeGreaterThanOrEqual(10)
  const before = count('POST /realms/lab/token')
  await sleep(9500)
  await ten()
  expect(count('POST /realms/lab/token')).toBe(before + 1)
  cloud.refuseNext(1)
  await ten()
  expect(count('POST /realms/lab/token')).toBe(before + 2)
  await client.close()
  await transport.close()
})
