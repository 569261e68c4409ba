/**
 * A proxy on loopback between the program and a provider. It injects a fault into chosen requests, as networks,
 * middleboxes and bad servers cause it. The faults are in fault-stages.ts.
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

/** The real server: a sandbox in this process, or a server at a URL (behindUrl). */
export type Upstream = (request: ProxiedRequest) => Promise<ProxiedAnswer>

/** The request into which a fault is injected, and the means to do so. */
export interface InterceptedRequest {
  readonly request: ProxiedRequest
  /** The TCP socket below TLS, for resets. */
  readonly raw: Socket
  readonly socket: Duplex
  /** Lets the server carry out the request, and returns its response without sending it. */
  forward(): Promise<ProxiedAnswer>
  /** Lets the server carry out the request only after the client has given up: in FaultProxy.processDelayed. */
  delay(): void
  /** Sends a response to the client. */
  send(answer: ProxiedAnswer): void
}

export type Fault =
  /** The proxy stops listening. */
  | { readonly at: 'listener' }
  /** Acts on a new connection before any HTTP; with `hello`, after the client's first TLS message. */
  | { readonly at: 'connection'; readonly act: (raw: Socket) => void; readonly hello?: true }
  | { readonly at: 'request'; readonly act: (hit: InterceptedRequest) => Promise<void> | void }

export interface FaultPlan {
  readonly fault: Fault
  /** The number of the request, from 0. */
  readonly request: number
  /** How many requests are affected: this one and the following ones. */
  readonly times: number
}

export interface FaultProxy {
  readonly endpoint: string
  /** Closes all connections, resets the counters and sets a new plan. Without a plan all requests are forwarded. */
  arm(plan?: FaultPlan): Promise<void>
  /** To be called before the client retries: listens again, if the listener was to be closed for one attempt only. */
  beforeRetry(): void
  /** The requests since the last `arm`, in order: `GET /compute/`. */
  readonly requests: readonly string[]
  readonly faultCount: number
  /** Lets the server carry out the delayed requests. */
  processDelayed(): Promise<void>
  close(): Promise<void>
}

export interface ProxySettings {
  readonly upstream: Upstream
  /** Serves HTTPS with this key and certificate. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export async function faultProxy({ upstream, tls }: ProxySettings): Promise<FaultProxy> {
  let plan: FaultPlan | undefined
  let seen: string[] = []
  let faultCount = 0
  let generation = 0
  let delayed: ProxiedRequest[] = []
  const open = new Set<Socket>()
  const server = createServer()
  await listen(server, 0)
  const { port } = server.address() as { port: number }

  const isDue = (at: Fault['at'], request: number): boolean =>
    plan !== undefined && plan.fault.at === at && request >= plan.request && faultCount < plan.times

  function closesBefore(next: number): boolean {
    return isDue('listener', next) || isDue('connection', next)
  }

  function stopListening(): void {
    if (!server.listening) return
    faultCount += 1
    server.close()
  }

  server.on('connection', (raw: Socket) => {
    open.add(raw)
    raw.on('close', () => open.delete(raw))
    raw.on('error', () => {})
    if (isDue('connection', seen.length) && plan?.fault.at === 'connection') {
      faultCount += 1
      const { act, hello } = plan.fault
      if (hello === true) raw.once('data', () => act(raw))
      else act(raw)
      return
    }
    const socket: Duplex = tls === undefined ? raw : new TLSSocket(raw, { isServer: true, ...tls })
    socket.on('error', () => raw.destroy())
    void serve(raw, socket)
  })

  async function serve(raw: Socket, socket: Duplex): Promise<void> {
    const startGeneration = generation
    for await (const request of requestsOf(socket)) {
      if (startGeneration !== generation) return
      const number = seen.length
      seen.push(`${request.method} ${request.target}`)
      const send = (answer: ProxiedAnswer) => {
        const last = closesBefore(seen.length)
        if (isDue('listener', seen.length)) stopListening()
        socket.write(`${headOf(answer, last ? [['Connection', 'close']] : [])}`)
        socket.write(answer.body)
        if (last) socket.end()
      }
      if (isDue('request', number) && plan?.fault.at === 'request') {
        faultCount += 1
        await plan.fault.act({
          request,
          raw,
          socket,
          send,
          forward: () => upstream(request),
          delay: () => void delayed.push(request),
        })
        continue
      }
      const answer = await upstream(request)
      if (startGeneration !== generation) return
      send(answer)
    }
  }

  async function arm(next?: FaultPlan): Promise<void> {
    generation += 1
    for (const socket of open) socket.destroy()
    seen = []
    faultCount = 0
    delayed = []
    plan = next
    if (!server.listening) await listen(server, port)
    if (isDue('listener', 0)) {
      stopListening()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`,
    arm,
    beforeRetry: () => {
      if (server.listening || plan?.fault.at !== 'listener' || plan.times > 1) return
      server.listen({ port, host: '127.0.0.1' })
    },
    get requests() {
      return seen
    },
    get faultCount() {
      return faultCount
    },
    processDelayed: async () => {
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

/** The status line and headers. Adds the correct Content-Length unless the headers contain a length. */
export function headOf(answer: ProxiedAnswer, more: readonly Pair[] = []): string {
  const { status, reason, body } = answer
  const headers = [...answer.headers, ...more]
  const hasLength = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const length: readonly Pair[] =
    hasLength || status === 204 ? [] : [['Content-Length', String(Buffer.byteLength(body))]]
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`
}

/** The requests of one connection. Reads bodies by Content-Length only, which undici always sends. */
async function* requestsOf(socket: Duplex): AsyncGenerator<ProxiedRequest> {
  let buffered = Buffer.alloc(0)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      buffered = Buffer.concat([buffered, chunk])
      for (let next = requestIn(buffered); next !== undefined; next = requestIn(buffered)) {
        buffered = buffered.subarray(next.length)
        yield next.request
      }
    }
  } catch {
    // The client closed the connection.
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

/** Forwards requests to the server at a URL. */
export function behindUrl(origin: string): Upstream {
  return async ({ method, target, headers, body }) => {
    const { request } = await import('node:http')
    return new Promise((resolve, reject) => {
      const outgoing = request(
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
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
