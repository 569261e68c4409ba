/**
 * Providers and login servers stated with nock. The library's own transport runs, down to the socket, which
 * nock answers: nothing leaves the process, and a request that no test states is an error.
 *
 * `dialogue` is the usual way: a test states each request and its answer. `serving` is for servers with a state
 * and for hostile ones, whose answers are computed.
 */
import { Readable } from 'node:stream'
import nock from 'nock'
import { afterAll, expect, onTestFinished } from 'vitest'
import { type HeaderPair, headerValue, headerValues } from '../../src/basics/http.js'
import { createTransport, type Transport, wrapTransport } from '../../src/transport/index.js'

// Importing nock puts it in force for the whole process; it is to be in force where a test asks for it only.
nock.restore()

/** One answer. The status is 200 where none is given. */
export interface Answer {
  readonly status?: number
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
  /** How many bytes of the body come at a time. Default: all. */
  readonly pieces?: number
  /** The connection breaks instead. */
  readonly broken?: boolean
  /** What the answer waits for. */
  readonly after?: Promise<unknown>
}

/** One request, with its headers as they were given to the transport, or as nock shows them: names once. */
export interface Asked {
  readonly method: string
  readonly url: string
  /** Path and query. */
  readonly path: string
  readonly accept: string | undefined
  readonly type: string | undefined
  readonly headers: readonly HeaderPair[]
  readonly body: string
  header(name: string): string | undefined
  all(name: string): readonly string[]
}

/** No answer is a 404. */
export type Script = (asked: Asked) => Answer | undefined | Promise<Answer | undefined>

/** Takes nock into force until the test (outside of tests, the file) ends. Loopback stays reachable. */
export function mock(): typeof nock {
  if (nock.isActive()) return nock
  nock.activate()
  nock.disableNetConnect()
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|::1):/)
  nock.emitter.on('no match', noteUnmatched)
  afterwards(() => {
    const faults = [...unmatched, ...dialogues.flatMap((scope) => scope.pendingMocks()).map(notSent)]
    nock.emitter.off('no match', noteUnmatched)
    nock.cleanAll()
    nock.restore()
    scripts.clear()
    const stated = dialogues.splice(0).length > 0
    unmatched.length = 0
    if (stated && faults.length > 0) throw new Error(faults.join('\n'))
  })
  return nock
}

const dialogues: nock.Scope[] = []
const unmatched: string[] = []
const notSent = (request: string) => `Nock: stated, but not sent: ${request}`

function noteUnmatched({ method, url, headers }: Request): void {
  unmatched.push(`Nock: No match for request ${method} ${url} ${JSON.stringify(Object.fromEntries(headers))}`)
}

/**
 * A server that is stated request by request, in nock's own words: `dialogue('http://cloud.test').get('/-/')
 * .reply(200, …)`. Each statement answers one request. The test fails for a request that no statement matches,
 * and for a statement that no request met, unless it is `optionally()` there.
 */
export function dialogue(origin: string, options?: nock.Options): nock.Scope {
  const scope = mock()(origin, options)
  dialogues.push(scope)
  return scope
}

/** JSON in a statement: each leaf may be a value or a regular expression. */
export type JsonMatcher = nock.DataMatcherMap

/** For a statement: JSON or a form with these members, among others. */
export function including(members: Readonly<Record<string, unknown>>): (body: unknown) => boolean {
  return (body) => expect.objectContaining(members).asymmetricMatch(body)
}

/** For a statement: a body in which the text does not occur. */
export function lacking(text: string): (body: unknown) => boolean {
  return (body) => !String(body).includes(text)
}

const scripts = new Map<string, Script>()

/** Every request to `origin` is answered by `script`: for servers with a state. The last script counts. */
export function serving(origin: string | RegExp, script: Script): void {
  const scope = mock()(origin).persist()
  const known = scripts.has(String(origin))
  scripts.set(String(origin), script)
  if (known) return
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    scope.intercept(/^/, method).reply(async (request: Request) => {
      const current = scripts.get(new URL(request.url).origin) ?? scripts.get(String(origin)) ?? script
      const answer = (await current(
        askedOf({ method, url: request.url, headers: [...request.headers], body: await request.text() }),
      )) ?? { status: 404, body: 'nothing here' }
      await answer.after
      if (answer.broken === true) throw reset()
      return replied(answer)
    })
  }
}

export interface RecordedTransport extends Transport {
  /** What it was asked to send. */
  readonly requests: Asked[]
}

/** The library's own transport, closed after the test. */
export function recordedTransport(): RecordedTransport {
  const requests: Asked[] = []
  const inner = createTransport({ userAgent: 'test/1' })
  afterwards(() => inner.close())
  const recorded = wrapTransport(inner, (request, send) => {
    requests.push(askedOf({ ...request, body: String(request.body ?? '') }))
    return send(request)
  })
  return { ...recorded, requests }
}

/** As above; what it sends to `origin`, by default wherever, is answered by `script`. */
export function mockedTransport(script: Script, origin: string | RegExp = /./): RecordedTransport {
  serving(origin, script)
  return recordedTransport()
}

export function askedOf(request: Pick<Asked, 'method' | 'url' | 'headers' | 'body'>): Asked {
  const { method, url, headers, body } = request
  const { pathname, search } = new URL(url)
  const header = (name: string) => headerValue(headers, name)
  return {
    method,
    url,
    path: pathname + search,
    accept: header('Accept'),
    type: header('Content-Type'),
    headers,
    body,
    header,
    all: (name) => headerValues(headers, name),
  }
}

/** The error of a connection that the other side closes. */
export function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
}

/** The three parts that nock's reply takes. */
export function replied(answer: Answer): [number, string | Readable, string[]] {
  const { status = 200, headers = [], body = '', pieces } = answer
  // Recorded answers are given at other addresses, so their length differs; nock ends the body itself.
  const given = headers.filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name))
  const raw = given.flatMap(([name, value]) => [name, latin1(value)])
  return [status, pieces === undefined ? body : Readable.from(inPieces(Buffer.from(body), pieces)), raw]
}

function* inPieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Header values are UTF-8 on the wire; nock takes one character for each byte. */
function latin1(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

function afterwards(end: () => void | Promise<void>): void {
  try {
    onTestFinished(end)
  } catch {
    afterAll(end)
  }
}
