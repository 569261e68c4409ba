import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Answers larger than any buffer on their way, with the built program and a real connection. */
const occi = join(resolve(import.meta.dirname, '../..'), 'bin/occi')
const many = 100_000
/** Long enough for a listing to be held back while its members are asked for. */
const few = 5000
const long = 'x'.repeat(300)
const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const model = (location: string) =>
  JSON.stringify({
    kinds: [
      { term: 'compute', scheme: infra, location, attributes: { 'occi.compute.state': { type: 'string' } } },
    ],
  })

let home: string
let server: Server
let endpoint: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'occi-large-'))
  const uris = Array.from({ length: many }, (_, i) => `/compute/vm-${i}\r\n`).join('')
  const resources = Array.from({ length: many }, (_, i) => ({
    kind: `${infra}compute`,
    id: `vm-${i}`,
    attributes: { 'occi.compute.state': 'active' },
  }))
  const bodies = {
    uris: ['text/uri-list', Buffer.from(uris)],
    json: ['application/occi+json', Buffer.from(JSON.stringify({ resources }))],
  } as const
  const zipped = { uris: gzipSync(bodies.uris[1]), json: gzipSync(bodies.json[1]) }
  server = createServer((request, response) => {
    const [, below = '', path] = /^(\/zipped|\/broken|\/listed)?(\/.*)$/.exec(request.url ?? '') ?? []
    const zips = below === '/zipped'
    if (path === '/-/') {
      response.writeHead(200, { 'Content-Type': 'application/occi+json', Server: 'large OCCI/1.2' })
      response.end(model(`${below}/compute/`))
      return
    }
    const name = request.headers.accept === 'text/uri-list' ? 'uris' : 'json'
    if (path !== '/compute/') {
      response.writeHead(200, { 'Content-Type': 'application/occi+json' })
      response.end(
        JSON.stringify({ kind: `${infra}compute`, id: path?.slice('/compute/'.length), attributes: {} }),
      )
      return
    }
    if (below === '/listed') {
      const resources = Array.from({ length: few }, (_, i) => ({ location: `/listed/compute/${long}${i}` }))
      response.writeHead(200, { 'Content-Type': 'application/occi+json' })
      response.end(JSON.stringify({ resources }))
      return
    }
    const [type, body] = bodies[name]
    if (below === '/broken') {
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length })
      response.write(body.subarray(0, body.length / 2), () => request.socket.end())
      return
    }
    response.writeHead(200, { 'Content-Type': type, ...(zips ? { 'Content-Encoding': 'gzip' } : {}) })
    response.end(zips ? zipped[name] : body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterAll(() => {
  server.close()
  rmSync(home, { recursive: true, force: true })
})

/** A shell line in which `occi` is the program; its status is that of `occi` alone. */
function sh(line: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn('bash', ['-c', `set -o pipefail; occi() { "${occi}" "$@"; }\n${line}`], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', OCCI_ENDPOINT: endpoint, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  return new Promise<{ err: string; status: number | null }>((done) => {
    child.on('close', (status) => done({ err, status }))
  })
}

const ways = {
  'a file': '> out',
  'a pipe': '| cat > out',
  'a slow reader': '| (sleep 1; cat) > out',
}
const forms = {
  'names of a uri-list': ['-o id', many],
  'a line for each entity in JSON': ['-o tsv', many + 1],
  'entities as JSON lines': ['-o jsonl', many],
} as const

describe.each(['', 'zipped/'])('a hundred thousand (%s)', (below) => {
  describe.each(Object.entries(forms))('%s', (_, [form, wanted]) => {
    // Guarantee: output-complete
    it.each(Object.entries(ways))('a hundred thousand entities arrive in %s', async (__, way) => {
      const { err, status } = await sh(`occi compute list ${form} ${way}`, {
        OCCI_ENDPOINT: endpoint + below,
      })
      expect({ err, status }).toEqual({ err: '', status: 0 })
      const lines = readFileSync(join(home, 'out'), 'utf8').split('\n')
      expect(lines.length - 1).toBe(wanted)
      expect(lines.at(-2)).toContain(`vm-${many - 1}`)
    })
  })
})

describe('a listing whose members are asked for while it arrives', () => {
  it.each([1, 10])(
    'a listing whose members are requested while it arrives delays neither, with %i at a time',
    async (concurrency) => {
      const { err, status } = await sh(`occi compute list -o tsv --concurrency ${concurrency} > out`, {
        OCCI_ENDPOINT: `${endpoint}listed/`,
      })
      expect({ err, status }).toEqual({ err: '', status: 0 })
      expect(readFileSync(join(home, 'out'), 'utf8').split('\n')).toHaveLength(few + 2)
    },
  )
})

describe('an answer that breaks off half way', () => {
  // Guarantee: output-complete
  it.each(['-o id', '-o tsv', '-o jsonl'])(
    'an answer that ends too early is an error, after complete lines of what arrived (%s)',
    async (form) => {
      const { err, status } = await sh(`occi compute list ${form} --retries 0 > out`, {
        OCCI_ENDPOINT: `${endpoint}broken/`,
      })
      expect(status).toBe(10)
      expect(err).toContain('closed the connection')
      const text = readFileSync(join(home, 'out'), 'utf8')
      const lines = text.split('\n')
      expect(lines.length).toBeGreaterThan(1000)
      expect(lines.length).toBeLessThan(many)
      expect(lines.at(-1)).toBe('')
      expect(lines.at(-2)).toMatch(form === '-o jsonl' ? /^\{.*\}$/ : /^vm-\d+/)
    },
  )
})

describe('a command that nothing can wake any more', () => {
  // Guarantee: output-complete
  it('a command that nothing can wake any more does not end with 0', async () => {
    const stall = join(home, 'stall.cjs')
    writeFileSync(
      stall,
      `require('node:net').Socket.prototype.connect = function () { return this }
       const { setTimeout: set } = globalThis
       globalThis.setTimeout = (...words) => set(...words).unref()`,
    )
    const { err, status } = await sh('occi compute list -o id', { NODE_OPTIONS: `--require=${stall}` })
    expect(status).toBe(1)
    expect(err).toContain('stopped before it was done')
  })
})
