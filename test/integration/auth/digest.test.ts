/** Digest where nonces end quickly: many requests at the same time, none of which may fail. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authContext, loadAuthPlugin, signedTransport } from '../../../src/auth/index.js'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { createTransport, type HttpRequest, type Transport } from '../../../src/transport/index.js'
import { type Place, place } from './command.js'
import { debianPrefix, type Prefix } from './debian.js'
import {
  type DigestApache,
  plainUser,
  type Site,
  sites,
  startDigestApache,
  startLighttpd,
  startWebrick,
  user,
} from './digest-servers.js'

const machines = 150
const pagesOfMachines = 4000
let sandbox: SandboxServer
let apache: DigestApache
let home: Place
/** What the provider answers by path. */
const pages = new Map<string, string>()

beforeAll(async () => {
  // One description a request, each after 100 ms: ten at a time take more than a second.
  const { sandbox: cloud } = openSandbox({ as: 'pyssf', clock: Date.now, speed: 0 })
  sandbox = await serveSandbox(cloud, { latency: 100 })
  const prefix = await debianPrefix(['apache2-bin'])
  home = place({ OCCI_USERNAME: user.username, OCCI_PASSWORD: user.password, OCCI_AUTH: 'digest' })
  const made = await home.run(
    `compute create m --count ${machines} -o url --endpoint ${sandbox.endpoint} --auth none`,
  )
  expect(made).toMatchObject({ code: 0 })
  const paths = made.stdout
    .trim()
    .split('\n')
    .map((url) => new URL(url).pathname)
  const page = async (path: string) => {
    const answer = await fetch(new URL(path, sandbox.endpoint), { headers: { Accept: 'text/plain' } })
    return answer.text()
  }
  pages.set('/-/', await page('/-/'))
  const [first = ''] = paths
  const description = await page(first)
  const ids = Array.from({ length: pagesOfMachines }, () => randomUUID())
  const id = first.split('/').at(-1) ?? ''
  for (const other of ids) pages.set(`/compute/${other}`, description.replaceAll(id, other))
  const line = (await page('/compute/')).split('\n').find((text) => text.includes(id)) ?? ''
  pages.set('/compute/', ids.map((other) => `${line.replace(id, other)}\n`).join(''))
  const folder = mkdtempSync(join(tmpdir(), 'apache-'))
  apache = await startDigestApache(prefix, folder, { backend: sandbox.endpoint, pages })
})
afterAll(async () => {
  await apache?.stop()
  await sandbox?.close()
})

function refusals(site: Site): number {
  return apache.asked(site).filter((line) => line.startsWith('401')).length
}

describe('a listing through Apache that describes each machine', () => {
  it.each([
    // One to be asked, and one for each of the ten requests that are under way when it turns out to be needed.
    ['a nonce of one second, the next one in each answer', 'second', 1, 11],
    ['a nonce of one second, nothing said of the next: stale in the middle', 'second-untold', 10, 41],
    ['one-time nonces, the next one in each answer', 'once', 5, 21],
    ['one-time nonces, nothing said of the next', 'once-untold', machines, machines + 25],
    ['nonces whose count is checked', 'counted', 5, 21],
  ] as const)(
    'a listing through Apache describes each machine with digest: %s',
    async (_, site, least, most) => {
      apache.asked(site)
      const began = Date.now()
      // Ten at a time are done before the nonce of a second ends.
      const few = site === 'second' ? '--concurrency 1' : ''
      const outcome = await home.run(
        `compute list -o json --no-cache ${few} --endpoint ${apache.urls[site]}`.replace(/ +/g, ' '),
      )
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      const all = sites[site].pages ? pagesOfMachines : machines
      expect(JSON.parse(outcome.stdout)).toHaveLength(all)
      const count = refusals(site)
      expect(count).toBeGreaterThanOrEqual(least)
      expect(count).toBeLessThanOrEqual(most)
      // Else no nonce has ended meanwhile.
      if (site === 'second') expect(Date.now() - began).toBeGreaterThan(1500)
    },
  )

  it.each(['once-untold', 'counted', 'second-untold'] as const)(
    'parallel creates through Apache are each made once: %s',
    async (site) => {
      const outcome = await home.run(
        `compute create ${site} --count 12 -o id --endpoint ${apache.urls[site]}`,
      )
      expect(outcome).toMatchObject({ code: 0 })
      const ids = outcome.stdout.trim().split('\n')
      expect(new Set(ids).size).toBe(12)
      const listed = await home.run(`compute list -o csv --endpoint ${sandbox.endpoint} --auth none`)
      expect(listed.stdout.split(`${site}-`).length - 1).toBe(12)
    },
  )

  it('a server that cannot prove that it knows the password is refused, and occi ends with 4', async () => {
    const outcome = await home.run(`compute list --endpoint ${apache.urls.impostor}`)
    expect(outcome).toMatchObject({ code: 4, stdout: '' })
    expect(outcome.stderr).toContain('does not prove that the server knows the password of žofie')
    expect(outcome.stderr).not.toContain('planted')
  })
})

describe('lighttpd', () => {
  let prefix: Prefix
  beforeAll(async () => {
    prefix = await debianPrefix(['lighttpd'])
  })

  it('a listing through lighttpd with SHA-256 needs one refusal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lighttpd-'))
    const server = await startLighttpd(prefix, folder, { backend: sandbox.endpoint, pages })
    try {
      const outcome = await home.run(`compute list -o json --no-cache --endpoint ${server.url}`)
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(outcome.stdout)).toHaveLength(pagesOfMachines)
      const told = JSON.parse((await home.run(`auth status -o json --endpoint ${server.url}`)).stdout)
      expect(told.method).toBe('digest')
    } finally {
      // It writes its log when it ends.
      await server.stop()
    }
    const refusals = server.asked().filter((line) => line.startsWith('401'))
    expect(refusals.length).toBeLessThanOrEqual(3)
    expect(server.asked().length).toBeGreaterThan(pagesOfMachines)
  })
})

describe('WEBrick', () => {
  const transports: Transport[] = []
  afterAll(async () => {
    for (const transport of transports) await transport.close()
    await server?.stop()
  })

  async function session(url: string, options: Record<string, string> = {}) {
    const requests: HttpRequest[] = []
    const inner = createTransport({ userAgent: 'occi-test' })
    transports.push(inner)
    const counted: Transport = {
      ...inner,
      send: (request) => {
        requests.push(request)
        return inner.send(request)
      },
    }
    const context = authContext({
      endpoint: url,
      options: { ...plainUser, ...options },
      transport: () => inner,
    })
    const credentials = await (await loadAuthPlugin('digest')).authenticate(context)
    return { signed: signedTransport(counted, credentials, url), requests }
  }
  const post = (url: string, body: string): HttpRequest => ({ method: 'POST', url, headers: [], body })

  let server: Awaited<ReturnType<typeof startWebrick>>
  beforeAll(async () => {
    const prefix = await debianPrefix(['ruby3.1', 'ruby-webrick'])
    server = await startWebrick(prefix, mkdtempSync(join(tmpdir(), 'webrick-')), {
      int: `{ Algorithm: 'MD5', Qop: ['auth-int'] }`,
      both: `{ Algorithm: 'MD5', Qop: ['auth', 'auth-int'] }`,
      session: `{ Algorithm: 'MD5-sess', Qop: ['auth-int'] }`,
      next: `{ Algorithm: 'MD5', UseOpaque: true, UseNextNonce: true }`,
    })
  })

  it.each([
    ['auth-int, where nothing else is offered', 'int', {}, 'auth-int'],
    ['auth-int, where it is wished for', 'both', { 'digest-qop': 'auth-int' }, 'auth-int'],
    ['auth, where both are offered', 'both', {}, 'auth'],
    ['MD5-sess with auth-int', 'session', {}, 'auth-int'],
    ['the next nonce is a must', 'next', {}, 'auth'],
  ])('a listing through WEBrick describes each machine with digest: %s', async (_, name, options, qop) => {
    const url = `${server.url}${name}/`
    const { signed, requests } = await session(url, options)
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await signed.send(post(`${url}compute/?turn=${turn}`, `body ${turn}`))
      expect([answer.status, answer.body]).toEqual([200, `turn=${turn}`])
    }
    expect(requests).toHaveLength(6)
    const header = requests.at(-1)?.headers.find(([name]) => name === 'Authorization')?.[1]
    expect(header).toContain(`qop=${qop},`)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, turn) => signed.send(post(`${url}?${turn}`, `parallel ${turn}`))),
    )
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, turn) => `${turn}`))
    // What was changed on the way is not taken: the hash is of the body.
    const tampered = requests.at(-1)
    if (qop === 'auth-int' && tampered !== undefined) {
      const changed = await createTransport({ userAgent: 't' }).send({ ...tampered, body: 'other' })
      expect(changed.status).toBe(401)
    }
  })
})
