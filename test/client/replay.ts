/**
 * A server that answers as a recorded one did, byte for byte: same statuses, header lines in order and
 * as often as they were (two Content-Lengths too), same bodies, with the addresses they were recorded at.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CaptureName, Exchange } from './captures.js'
import { capture } from './captures.js'

export interface Replay {
  readonly endpoint: string
  /** What was asked, and which exchange answered. */
  readonly log: readonly {
    readonly method: string
    readonly path: string
    readonly answered: string | undefined
  }[]
  close(): Promise<void>
}

export interface ReplayOptions {
  /** Names of exchanges that must not answer (a failed create among good ones). */
  readonly without?: readonly string[]
  readonly basePath?: string
}

export async function replay(name: CaptureName, options: ReplayOptions = {}): Promise<Replay> {
  return replayOf(capture(name), options)
}

export async function replayOf(exchanges: readonly Exchange[], options: ReplayOptions = {}): Promise<Replay> {
  const known = exchanges.filter((one) => !(options.without ?? []).includes(one.name))
  const log: { method: string; path: string; answered: string | undefined }[] = []
  let position = -1
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? '/'
      const chosen = choose(
        known,
        { method: request.method ?? 'GET', path, headers: request.rawHeaders, body },
        position,
      )
      log.push({ method: request.method ?? 'GET', path, answered: chosen?.exchange.name })
      if (chosen !== undefined) position = chosen.index
      const socket = response.socket
      // Below node:http, which would not write a header twice.
      socket?.write(bytes(chosen?.exchange))
      socket?.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/`,
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
}

interface Chosen {
  readonly exchange: Exchange
  readonly index: number
}

/** The recorded request that is most like this one; of equals the next in time. */
function choose(exchanges: readonly Exchange[], asked: Asked, position: number): Chosen | undefined {
  let best: (Chosen & { readonly score: number }) | undefined
  exchanges.forEach((exchange, index) => {
    if (exchange.request.method !== asked.method || !samePath(exchange.request.path, asked.path)) return
    const score = likeness(exchange, asked) + (index > position ? 0.5 : 0)
    const later = best !== undefined && score === best.score && best.index <= position
    if (best === undefined || score > best.score || later) best = { exchange, index, score }
  })
  return best
}

function likeness({ request }: Exchange, asked: Asked): number {
  const recorded = request.headers.flat()
  let score = 0
  for (const name of ['accept', 'content-type']) {
    const [there, here] = [headerOf(recorded, name), headerOf(asked.headers, name)]
    if (there === here) score += 4
    else if (there === undefined) score += 1
  }
  return score + 6 * overlap(wordsOf(recorded, request.body ?? ''), wordsOf(asked.headers, asked.body))
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared / (a.size + b.size - shared)
}

const occiHeaders = new Set(['category', 'x-occi-attribute', 'x-occi-location', 'link'])

function wordsOf(headers: readonly string[], body: string): ReadonlySet<string> {
  let text = body
  for (let i = 0; i < headers.length; i += 2) {
    if (occiHeaders.has((headers[i] ?? '').toLowerCase())) text += ` ${headers[i + 1]}`
  }
  return new Set(text.split(/[^A-Za-z0-9_.:#/-]+/).filter((word) => word !== ''))
}

function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (headers[i]?.toLowerCase() === name) return headers[i + 1]
  return undefined
}

function samePath(a: string, b: string): boolean {
  return a === b || decode(a) === decode(b)
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const notRecorded =
  'HTTP/1.1 404 Not Recorded\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nnot recorded'

function bytes(exchange: Exchange | undefined): Buffer {
  if (exchange === undefined) return Buffer.from(notRecorded)
  const { status, reason, headers, body } = exchange.response
  const payload = Buffer.from(body ?? '', 'utf8')
  const lines = headers
    .filter(([name]) => !['transfer-encoding', 'connection'].includes(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${name.toLowerCase() === 'content-length' ? payload.length : value}`)
  const head = [`HTTP/1.1 ${status} ${reason}`, ...lines, 'Connection: close', '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'utf8'), payload])
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}
