/**
 * Working folders of strangers: each tries to get at secrets in every place where a user has them. The
 * stranger's server records all that it hears; none of it may be a secret, and nothing may have been run.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, machine } from '../cli/support/harness.js'
import { type Checkout, checkouts, type Owned, secrets } from './secrets/checkouts.js'
import { planted, sightings } from './secrets/planted.js'

const occi = resolve(import.meta.dirname, '../../bin/occi')

/** Asks for every kind of login, is a Keystone and an issuer as well, and writes down what it hears. */
interface Listener {
  readonly origin: string
  heard: string
  readonly server: Server
}

async function listener(): Promise<Listener> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url = '/', method = 'GET', headers } = request
      const heard = `${method} ${url}\n${request.rawHeaders.join('\n')}\n${Buffer.concat(chunks).toString()}\n`
      made.heard += heard
      const origin = `http://${headers.host ?? ''}`
      const json = (status: number, body: unknown, more: Record<string, string> = {}) => {
        response.writeHead(status, { 'Content-Type': 'application/json', ...more })
        response.end(JSON.stringify(body))
      }
      if (url.includes('openid-configuration')) {
        json(200, { issuer: origin, token_endpoint: `${origin}/token` })
      } else if (url === '/token') {
        json(200, { access_token: planted('OidcIssued'), token_type: 'Bearer', expires_in: 3600 })
      } else if (url.startsWith('/v3') && method === 'POST') {
        const token = {
          expires_at: new Date(Date.now() + 3_600_000).toISOString(),
          user: { id: 'u', name: 'ada' },
          project: { id: 'p', name: 'p' },
          roles: [],
          catalog: [],
        }
        json(201, { token }, { 'X-Subject-Token': planted('KeystoneIssued') })
      } else if (url.startsWith('/v3')) {
        json(200, {
          version: { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${origin}/v3/` }] },
        })
      } else if (headers.authorization === undefined && headers['x-auth-token'] === undefined) {
        response.writeHead(401, {
          'Content-Type': 'text/plain',
          'WWW-Authenticate': ['Basic realm="x"', 'Bearer realm="x"', `Keystone uri="${origin}/v3"`],
        })
        response.end('login')
      } else {
        response.writeHead(200, { 'Content-Type': 'text/plain' })
        response.end(url.startsWith('/-/') ? model : '')
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const made: Listener = { origin: `http://127.0.0.1:${port}`, heard: '', server }
  return made
}

const core = 'http://schemas.ogf.org/occi/core#'
const model = `Category: resource; scheme="${core}"; class="kind"\nCategory: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; rel="${core}resource"; location="/compute/"\n`

let good: Listener
let agent: ReturnType<typeof createSocket>
const places: string[] = []

beforeAll(async () => {
  good = await listener()
  const socket = join(folder(), 'agent')
  agent = createSocket((connection) => {
    connection.on('data', () => connection.end(JSON.stringify({ access_token: planted('Agent') })))
  })
  await new Promise<void>((done) => agent.listen(socket, done))
  agentSocket = socket
})
let agentSocket = ''

afterAll(async () => {
  good.server.closeAllConnections()
  good.server.close()
  agent.close()
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

function folder(): string {
  const place = mkdtempSync(join(tmpdir(), 'occi-checkout-'))
  places.push(place)
  return place
}

interface Said {
  readonly status: number | null
  readonly text: string
}

interface Place {
  readonly machine: Machine
  readonly home: string
  readonly evil: Listener
}

function fill(text: string, { home, evil }: Place): string {
  return text.replaceAll('GOOD', good.origin).replaceAll('EVIL', evil.origin).replaceAll('HOME', home)
}

function furnish(at: string, files: Readonly<Record<string, string>>, place: Place): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(at, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, fill(text, place), { mode: 0o600 })
  }
}

type Run = (
  words: readonly string[],
  cwd: string,
  place: Place,
  more?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string },
) => Promise<Said>

/** In this process, with everything real but the streams. */
const inProcess: Run = async (words, cwd, place, more = {}) => {
  const env = environmentOf(place, more.env)
  const argv = words.map((word) => fill(word, place))
  const { stdin } = more
  const { status, out, err } = await place.machine.occi(argv, {
    cwd,
    env,
    ...(stdin === undefined ? {} : { stdin }),
  })
  return { status, text: out + err }
}

const asProgram: Run = (words, cwd, place, more = {}) => {
  const env = { ...environmentOf(place, more.env), PATH: process.env['PATH'] ?? '', HOME: place.home }
  const argv = words.map((word) => fill(word, place))
  const child = spawn(process.execPath, [occi, ...argv], { cwd, env, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  child.stdin.end(more.stdin ?? '')
  const text: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => text.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => text.push(chunk))
  return new Promise((done) =>
    child.on('close', (status) => done({ status, text: Buffer.concat(text).toString() })),
  )
}

function environmentOf(place: Place, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env = { OIDC_SOCK: agentSocket, XDG_CONFIG_HOME: join(place.home, '.config'), ...given }
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value, place)]))
}

/** What the stranger heard, and what the program said. */
async function tried(
  secret: Owned,
  checkout: Checkout,
  more: Readonly<Record<string, string>> = {},
  run: Run = inProcess,
): Promise<{ readonly heard: string; readonly said: Said; readonly ran: boolean }> {
  const evil = await listener()
  const own = machine()
  const place: Place = { home: own.folder, machine: own, evil }
  try {
    furnish(place.home, { 'secret.txt': planted('File'), ...secret.files }, place)
    for (const words of secret.before ?? []) await run(words, place.home, place)
    const cwd = folder()
    furnish(cwd, checkout.files, place)
    plugin(cwd, place.home)
    const words = [
      'compute',
      'list',
      '--no-input',
      '--timeout',
      '5s',
      ...(secret.args ?? []),
      ...(checkout.args ?? []),
    ]
    const said = await run(words, cwd, place, {
      env: { ...secret.env, ...checkout.env, ...more },
      ...(secret.stdin === undefined ? {} : { stdin: secret.stdin }),
    })
    return { heard: evil.heard, said, ran: existsSync(join(place.home, 'ran')) }
  } finally {
    evil.server.closeAllConnections()
    evil.server.close()
  }
}

/** A plugin that lies in the checkout, as npm would find it. */
function plugin(cwd: string, home: string): void {
  const at = join(cwd, 'node_modules', 'evil-plugin')
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'package.json'), '{"name":"evil-plugin","exports":"./index.cjs"}')
  writeFileSync(
    join(at, 'index.cjs'),
    `require('node:fs').writeFileSync(${JSON.stringify(join(home, 'ran'))}, '')`,
  )
}

const fromContext = secrets.filter(({ before }) => before !== undefined)

describe.each(checkouts.map((checkout) => [checkout.name, checkout] as const))(
  'a checkout with %s',
  (_, checkout) => {
    const rows = (checkout.contextsOnly === true ? fromContext : secrets).map(
      (each) => [each.name, each] as const,
    )
    // Guarantee: strangers-files
    it.each(rows)('the checkout does not get %s', async (_name, secret) => {
      const { heard, said, ran } = await tried(secret, checkout)
      expect(sightings(heard)).toEqual([])
      expect(sightings(said.text)).toEqual([])
      expect(ran).toBe(false)
      expect(said.status).not.toBeNull()
    })
  },
)

/** The same as a program, with a home folder and a working folder of its own. */
it.each(
  checkouts.map(
    (checkout, at) =>
      [
        checkout.name,
        checkout.contextsOnly === true ? fromContext[at % fromContext.length] : secrets[at],
        checkout,
      ] as const,
  ),
)('a checkout with %s gets no secret of a program, either', async (_, secret, checkout) => {
  if (secret === undefined) throw new Error('there is no such case')
  const { heard, said, ran } = await tried(secret, checkout, {}, asProgram)
  expect([...sightings(heard), ...sightings(said.text)]).toEqual([])
  expect(ran).toBe(false)
})

/** What is relative must not lead into the checkout: a program, a certificate, a file with a password. */
describe('a checkout with the files that a relative path names', () => {
  const evil: Checkout = {
    name: 'files',
    files: {
      get: 'touch HOME/ran; echo stolen',
      'secret.txt': 'stolen',
      'ca.pem': '-----BEGIN CERTIFICATE-----\nstolen\n-----END CERTIFICATE-----\n',
    },
    env: { OCCI_ENDPOINT: 'GOOD/' },
  }
  const kept = (...more: readonly string[]) => [['context', 'add', 'mine', '-e', 'GOOD/', ...more]]

  it.each<readonly [string, Omit<Owned, 'name'>]>([
    ['OCCI_PASSWORD_COMMAND', { env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD_COMMAND: 'sh ./get' } }],
    ['OCCI_TOKEN_COMMAND', { env: { OCCI_AUTH: 'token', OCCI_TOKEN_COMMAND: 'sh ./get' } }],
    ['password-command', { before: kept('--username', 'ada', '--password-command', 'sh ./get') }],
    ['token-command', { before: kept('--auth', 'token', '--token-command', 'sh ./get') }],
  ])('a relative path in the checkout does not run in place of the %s of the user', async (_, owned) => {
    const { ran } = await tried({ name: 'commands', ...owned }, evil)
    expect(ran).toBe(false)
  })

  it.each([
    ['OCCI_PASSWORD_FILE', 'secret.txt'],
    ['OCCI_CA_FILE', 'ca.pem'],
    ['OS_CACERT', './ca.pem'],
    ['OCCI_CA_PATH', '.'],
    ['OS_CERT', 'ca.pem'],
    ['SSL_CERT_FILE', 'ca.pem'],
    ['X509_USER_PROXY', 'ca.pem'],
  ])('a relative path in the checkout is not used for %s=%s', async (name, value) => {
    const env = { OCCI_USERNAME: 'ada', ...(name.startsWith('X509') && { OCCI_AUTH: 'x509' }), [name]: value }
    const { said } = await tried({ name, env }, evil)
    expect(said.text.replaceAll(/\s+/g, ' ')).toContain(
      'a relative path, which names a different file in each folder',
    )
    expect(said.text).toContain(name)
    expect(said.text).not.toContain('stolen')
  })
})

/** That the stranger hears what is sent: the same checkouts, trusted. */
describe('a checkout that is trusted', () => {
  it.each([
    ['OCCI_PASSWORD', 'an endpoint'],
    ['OCCI_TOKEN', 'an endpoint that is logged in to at once'],
    ['OS_PASSWORD alone', 'an endpoint and a Keystone'],
    ['a client secret', 'an issuer'],
    ['OCCI_PASSWORD', 'files, commands and accounts of the user'],
    ['the password of a context', 'an endpoint'],
    ['OCCI_HEADER', 'an endpoint'],
  ])('a trusted checkout gets %s by %s', async (name, by) => {
    const secret = secrets.find((each) => each.name === name)
    const checkout = checkouts.find((each) => each.name === by)
    if (secret === undefined || checkout === undefined) throw new Error('there is no such case')
    const files = withoutPlugin(checkout.files)
    const { heard } = await tried(secret, { ...checkout, files }, { OCCI_TRUST_PROJECT: '1' })
    expect(sightings(heard)).not.toEqual([])
  })
})

function withoutPlugin(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replace('auth: npm:evil-plugin\n', '')]),
  )
}
