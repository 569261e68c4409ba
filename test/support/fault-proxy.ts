/**
 * A proxy on loopback between the program and a provider, which does to one request of many what networks,
 * middleboxes and bad servers do. What the faults are stands in fault-stages.ts.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

export type Pair = readonly [name: string, value: string]

export interface ProxiedRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly Pair[]
  readonly body: string
}

export interface ProxiedAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Pair[]
  readonly body: string
}

/** Whoever really answers: a sandbox in this process, or one behind a URL (behindUrl). */
export type Upstream = (request: ProxiedRequest) => Promise<ProxiedAnswer>

/** What a stage has in hand when it strikes. */
export interface Hit {
  readonly request: ProxiedRequest
  /** Below TLS; for resets. */
  readonly raw: Socket
  readonly socket: Duplex
  /** Lets the server carry the request out; the answer is not sent. */
  forward(): Promise<ProxiedAnswer>
  /** The server gets to it only when the client has given up: see FaultProxy.settle. */
  later(): void
  /** Sends an answer as it is. */
  send(answer: ProxiedAnswer): void
}

export type Strike =
  /** Nothing listens. */
  | { readonly at: 'listener' }
  /** Before a byte of HTTP; `hello` is what TLS sent first. */
  | { readonly at: 'connection'; readonly act: (raw: Socket) => void; readonly hello?: true }
  | { readonly at: 'request'; readonly act: (hit: Hit) => Promise<void> | void }

export interface Plan {
  readonly strike: Strike
  /** Which request, counted from 0. */
  readonly request: number
  /** How often: that request and those that follow. */
  readonly times: number
}

export interface FaultProxy {
  readonly endpoint: string
  /** Forgets what was counted; without a plan everything passes. */
  arm(plan?: Plan): Promise<void>
  /** Somebody waits before trying again: a listener that was to be gone for one attempt only comes back. */
  waited(): void
  /** Requests that arrived since, in order: `GET /compute/`. */
  readonly seen: readonly string[]
  readonly struck: number
  /** Lets the server do what it was to do later. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface ProxySettings {
  readonly upstream: Upstream
  /** Speaks TLS with this. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export async function faultProxy({ upstream, tls }: ProxySettings): Promise<FaultProxy> {
  let plan: Plan | undefined
  let seen: string[] = []
  let struck = 0
  let generation = 0
  let delayed: ProxiedRequest[] = []
  const open = new Set<Socket>()
  const server = createServer()
  await listen(server, 0)
  const { port } = server.address() as { port: number }

  const due = (at: Strike['at'], request: number): boolean =>
    plan !== undefined && plan.strike.at === at && request >= plan.request && struck < plan.times

  function hangUpBefore(next: number): boolean {
    return due('listener', next) || due('connection', next)
  }

  function stopListening(): void {
    if (!server.listening) return
    struck += 1
    server.close()
  }

  server.on('connection', (raw: Socket) => {
    open.add(raw)
    raw.on('close', () => open.delete(raw))
    raw.on('error', () => {})
    if (due('connection', seen.length) && plan?.strike.at === 'connection') {
      struck += 1
      const { act, hello } = plan.strike
      if (hello === true) raw.once('data', () => act(raw))
      else act(raw)
      return
    }
    const socket: Duplex = tls === undefined ? raw : new TLSSocket(raw, { isServer: true, ...tls })
    socket.on('error', () => raw.destroy())
    void serve(raw, socket)
  })

  async function serve(raw: Socket, socket: Duplex): Promise<void> {
    const born = generation
    for await (const request of requestsOf(socket)) {
      if (born !== generation) return
      const number = seen.length
      seen.push(`${request.method} ${request.target}`)
      const send = (answer: ProxiedAnswer) => {
        const last = hangUpBefore(seen.length)
        if (due('listener', seen.length)) stopListening()
        socket.write(`${headOf(answer, last ? [['Connection', 'close']] : [])}`)
        socket.write(answer.body)
        if (last) socket.end()
      }
      if (due('request', number) && plan?.strike.at === 'request') {
        struck += 1
        await plan.strike.act({
          request,
          raw,
          socket,
          send,
          forward: () => upstream(request),
          later: () => void delayed.push(request),
        })
        continue
      }
      const answer = await upstream(request)
      if (born !== generation) return
      send(answer)
    }
  }

  async function arm(next?: Plan): Promise<void> {
    generation += 1
    for (const socket of open) socket.destroy()
    seen = []
    struck = 0
    delayed = []
    plan = next
    if (!server.listening) await listen(server, port)
    if (due('listener', 0)) {
      stopListening()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`,
    arm,
    waited: () => {
      if (server.listening || plan?.strike.at !== 'listener' || plan.times > 1) return
      server.listen({ port, host: '127.0.0.1' })
    },
    get seen() {
      return seen
    },
    get struck() {
      return struck
    },
    settle: async () => {
      const late = delayed
      delayed = []
      for (const request of late) await upstream(request)
    },
    close: async () => {
      generation += 1
      for (const socket of open) socket.destroy()
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

/** Status line and headers, with a Content-Length that is true unless headers has one. */
export function headOf(answer: ProxiedAnswer, more: readonly Pair[] = []): string {
  const { status, reason, body } = answer
  const headers = [...answer.headers, ...more]
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const length: readonly Pair[] =
    framed || status === 204 ? [] : [['Content-Length', String(Buffer.byteLength(body))]]
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`
}

/** Requests as they come over one connection; bodies by Content-Length only, which is what undici sends. */
async function* requestsOf(socket: Duplex): AsyncGenerator<ProxiedRequest> {
  let held = Buffer.alloc(0)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      held = Buffer.concat([held, chunk])
      for (let next = requestIn(held); next !== undefined; next = requestIn(held)) {
        held = held.subarray(next.length)
        yield next.request
      }
    }
  } catch {
    // The client went away; there is nobody to tell.
  }
}

function requestIn(bytes: Buffer): { readonly request: ProxiedRequest; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('utf8').split('\r\n')
  const [method = '', target = ''] = first.split(' ')
  const headers = lines.map((line): Pair => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
  if (headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')) {
    throw new Error('the fault proxy does not read chunked requests')
  }
  const from = end + 4
  if (bytes.length < from + length) return undefined
  const body = bytes.subarray(from, from + length).toString('utf8')
  return { request: { method, target, headers, body }, length: from + length }
}

/** A server at a URL as upstream. */
export function behindUrl(origin: string): Upstream {
  return async ({ method, target, headers, body }) => {
    const { request } = await import('node:http')
    return new Promise((resolve, reject) => {
      const asking = request(
        new URL(target, origin),
        { method, headers: [...headers.flat(), 'Connection', 'close'] },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const pairs: Pair[] = []
            for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
              const name = answer.rawHeaders[at] ?? ''
              if (/^(connection|keep-alive|transfer-encoding|content-length)$/i.test(name)) continue
              pairs.push([name, answer.rawHeaders[at + 1] ?? ''])
            }
            const { statusCode = 0, statusMessage = '' } = answer
            resolve({
              status: statusCode,
              reason: statusMessage,
              headers: pairs,
              body: Buffer.concat(chunks).toString('utf8'),
            })
          })
        },
      )
      asking.on('error', reject)
      asking.end(body)
    })
  }
}
