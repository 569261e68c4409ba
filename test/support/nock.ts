/**
 * Mocks providers and login servers with nock. The library's own transport runs down to the socket, which nock
 * replaces: nothing leaves the process, and a request that the test did not state is an error.
 *
 * Most tests use `dialogue` and state each request with its response. `serving` is for servers with a state and for
 * hostile ones, whose responses are computed.
 */
import { Readable } from 'node:stream'
import nock from 'nock'
import { afterAll, expect, onTestFinished } from 'vitest'
import { type HeaderPair, headerValue, headerValues } from '../../src/basics/http.js'
import { createTransport, type Transport, wrapTransport } from '../../src/transport/index.js'

// The import activates nock for the whole process; it must be active only in tests that use it.
nock.restore()

/** One response. The default status is 200. */
export interface Answer {
  readonly status?: number
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
  /** Size of the chunks of the body in bytes. Default: one chunk. */
  readonly pieces?: number
  /** Whether the connection breaks instead. */
  readonly broken?: boolean
  /** The response is sent after this promise has resolved. */
  readonly after?: Promise<unknown>
}

/** One request. Its headers are those that the transport got, or those of nock, which joins equal names. */
export interface RecordedRequest {
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

/** Computes the response to a request; undefined is 404. */
export type Script = (asked: RecordedRequest) => Answer | undefined | Promise<Answer | undefined>

/** Activates nock until the test ends (outside of tests, the file). Loopback stays reachable. */
export function mock(): typeof nock {
  if (nock.isActive()) return nock
  nock.activate()
  nock.disableNetConnect()
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost|::1):/)
  nock.emitter.on('no match', noteUnmatched)
  onCleanup(() => {
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
 * A server whose requests are stated one by one in nock's notation: `dialogue('http://cloud.test').get('/-/')
 * .reply(200, …)`. Each statement answers one request. The test fails if a request matches no statement, or if a
 * statement without `optionally()` matches no request.
 */
export function dialogue(origin: string, options?: nock.Options): nock.Scope {
  const scope = mock()(origin, options)
  dialogues.push(scope)
  return scope
}

/** A JSON body in a statement. Each leaf may be a value or a regular expression. */
export type JsonMatcher = nock.DataMatcherMap

/** Matches a JSON or form body that has these members, and possibly others. */
export function including(members: Readonly<Record<string, unknown>>): (body: unknown) => boolean {
  return (body) => expect.objectContaining(members).asymmetricMatch(body)
}

/** Matches a body that does not contain the text. */
export function withoutText(text: string): (body: unknown) => boolean {
  return (body) => !String(body).includes(text)
}

const scripts = new Map<string, Script>()

/** Answers every request to `origin` with `script`, for servers with a state. A later script replaces it. */
export function serving(origin: string | RegExp, script: Script): void {
  const scope = mock()(origin).persist()
  const known = scripts.has(String(origin))
  scripts.set(String(origin), script)
  if (known) return
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    scope.intercept(/^/, method).reply(async (request: Request) => {
      const current = scripts.get(new URL(request.url).origin) ?? scripts.get(String(origin)) ?? script
      const answer = (await current(
        recordedRequest({
          method,
          url: request.url,
          headers: [...request.headers],
          body: await request.text(),
        }),
      )) ?? { status: 404, body: 'nothing here' }
      await answer.after
      if (answer.broken === true) throw connectionReset()
      return replyOf(answer)
    })
  }
}

export interface RecordedTransport extends Transport {
  /** The requests that it was called with. */
  readonly requests: RecordedRequest[]
}

/** The library's own transport, closed after the test. */
export function recordedTransport(): RecordedTransport {
  const requests: RecordedRequest[] = []
  const inner = createTransport({ userAgent: 'test/1' })
  onCleanup(() => inner.close())
  const recorded = wrapTransport(inner, (request, send) => {
    requests.push(recordedRequest({ ...request, body: String(request.body ?? '') }))
    return send(request)
  })
  return { ...recorded, requests }
}

/** The library's own transport; requests to `origin` (by default to any origin) are answered by `script`. */
export function mockedTransport(script: Script, origin: string | RegExp = /./): RecordedTransport {
  serving(origin, script)
  return recordedTransport()
}

export function recordedRequest(
  request: Pick<RecordedRequest, 'method' | 'url' | 'headers' | 'body'>,
): RecordedRequest {
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

/** The error of a connection that the server resets. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
}

/** The arguments of nock's `reply`: status, body and raw headers. */
export function replyOf(answer: Answer): [number, string | Readable, string[]] {
  const { status = 200, headers = [], body = '', pieces } = answer
  // Recordings are replayed at other addresses, which changes the length of the body; nock delimits the body itself.
  const unframed = headers.filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name))
  const raw = unframed.flatMap(([name, value]) => [name, latin1(value)])
  return [status, pieces === undefined ? body : Readable.from(inPieces(Buffer.from(body), pieces)), raw]
}

function* inPieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Header values are UTF-8 on the wire; nock takes one character for each byte. */
function latin1(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

function onCleanup(end: () => void | Promise<void>): void {
  try {
    onTestFinished(end)
  } catch {
    afterAll(end)
  }
}
