/**
 * The rules of the Transport contract as test cases, for any transport and any test runner. Each case starts a server
 * on loopback, so no provider is needed.
 */
import type { HeaderPair } from '../basics/http.js'
import { OcciError } from '../errors/errors.js'
import type { HttpRequest, Transport } from '../transport/index.js'
import { type ServerScript, startTestServer, type TestServer } from './test-server.js'

/** One rule of the Transport contract. */
export interface TransportCase {
  /** The rule, as the name of a test: "sends method, path, headers and a body in UTF-8". */
  readonly name: string
  /**
   * When the client needs the rule: `always`, or only with providers that use text/occi. A transport that is built
   * on fetch cannot fulfil the latter, because fetch joins headers of the same name.
   */
  readonly needed: 'always' | 'text/occi'
  /**
   * Creates a transport with `make`, tests the rule and closes the transport. Rejects with an Error that describes
   * the violation.
   */
  run(make: () => Transport | Promise<Transport>): Promise<void>
}

/**
 * All rules of the Transport contract. With `node:test`:
 *
 * ```ts
 * for (const { name, needed, run } of transportCases) {
 *   test(name, { skip: needed === 'text/occi' }, () => run(() => myTransport()))
 * }
 * ```
 */
export const transportCases: readonly TransportCase[] = [
  rule('returns a response for any status', async (open) => {
    for (const status of [200, 204, 404, 409, 500, 503]) {
      const { transport, server } = await open(() => ({ status, body: status === 204 ? '' : 'why' }))
      const response = await transport.send(get(server))
      expectEqual(response.status, status, 'the status')
      if (status !== 204) expectEqual(response.body, 'why', 'the body')
      expectEqual(Array.isArray(response.tolerated), true, 'whether `tolerated` is a list')
    }
  }),

  rule('sends method, path, headers and a body in UTF-8', async (open) => {
    const { transport, server } = await open(() => ({ status: 200 }))
    await transport.send({ ...post(server), url: `${server.url}compute/?action=stop`, body: 'müller ☁' })
    const [received] = server.requests
    expectEqual(received?.method, 'POST', 'the method')
    expectEqual(received?.target, '/compute/?action=stop', 'the path and query')
    expectEqual(firstValue(received?.headers, 'content-type'), 'text/plain', 'Content-Type')
    expectEqual(received?.body, 'müller ☁', 'the body')
  }),

  rule('returns the names and values of the headers, and the decoded body', async (open) => {
    const { transport, server } = await open(() => ({
      status: 201,
      headers: [['Location', 'http://cloud.test/compute/1']],
      body: 'X-OCCI-Location: ☁\n',
    }))
    const response = await transport.send(get(server))
    expectEqual(firstValue(response.headers, 'location'), 'http://cloud.test/compute/1', 'Location')
    expectEqual(response.body, 'X-OCCI-Location: ☁\n', 'the body')
  }),

  rule(
    'keeps headers of the same name apart, in both directions',
    async (open) => {
      const pairs: readonly HeaderPair[] = [
        ['Category', 'compute; scheme="http://a.test/#", b'],
        ['Category', 'small; title="one, two"'],
      ]
      const { transport, server } = await open(() => ({ status: 200, headers: pairs }))
      const response = await transport.send({ ...get(server), headers: pairs })
      const expected = valuesOf(pairs, 'category')
      expectEqual(valuesOf(server.requests[0]?.headers, 'category'), expected, 'Category in the request')
      expectEqual(valuesOf(response.headers, 'category'), expected, 'Category in the response')
    },
    'text/occi',
  ),

  rule('streams the body, in chunks of any size', async (open) => {
    const { transport, server } = await open(() => ({ status: 200, body: '☁'.repeat(10_000) }))
    const { status, chunks } = await transport.stream(get(server))
    let body = ''
    for await (const chunk of chunks) body += chunk
    expectEqual(status, 200, 'the status')
    expectEqual(body.length, 10_000, 'the length of the text')
  }),

  rule('does not follow a redirect of a write', async (open) => {
    const { transport, server } = await open(({ target }) =>
      target === '/' ? { status: 302, headers: [['Location', '/elsewhere']] } : { status: 200 },
    )
    const response = await transport.send(post(server))
    expectEqual(response.status, 302, 'the status')
    expectEqual(server.requests.length, 1, 'the number of requests')
  }),

  rule('does not send headers to another origin', async (open) => {
    const other = await startTestServer(() => ({ status: 200 }))
    try {
      const { transport, server } = await open(() => ({
        status: 302,
        headers: [['Location', other.url]],
      }))
      await errorOf(transport.send({ ...get(server), headers: [['X-Auth-Token', 'planted']] }))
      const leaked = other.requests.filter(({ headers }) => firstValue(headers, 'x-auth-token') !== undefined)
      expectEqual(leaked.length, 0, 'the number of requests with the token at the other origin')
    } finally {
      await other.close()
    }
  }),

  ...(['before the response', 'in the head of the response', 'in the body of the response'] as const).map(
    (when) =>
      rule(`rejects, and does not repeat a write, when the connection breaks ${when}`, async (open) => {
        const { transport, server } = await open(() => ({
          status: 201,
          body: 'created',
          failure: when,
        }))
        await expectRejection(transport.send(post(server)))
        expectEqual(server.requests.length, 1, 'how often the write was sent')
      }),
  ),

  rule('does not repeat a write when a reused connection breaks', async (open) => {
    const { transport, server } = await open(({ method }) => ({
      status: 200,
      ...(method === 'POST' ? { failure: 'before the response' as const } : {}),
    }))
    await transport.send(get(server))
    await expectRejection(transport.send(post(server)))
    expectEqual(
      server.requests.filter(({ method }) => method === 'POST').length,
      1,
      'how often the write was sent',
    )
  }),

  rule('rejects when a stream breaks off, instead of ending it', async (open) => {
    const { transport, server } = await open(() => ({
      status: 200,
      body: 'half',
      failure: 'in the body of the response',
    }))
    await expectRejection(
      (async () => {
        const { chunks } = await transport.stream(get(server))
        for await (const _ of chunks);
      })(),
    )
  }),

  rule('rejects when nothing listens at the address', async (open) => {
    const { transport, server } = await open(() => ({ status: 200 }))
    await server.close()
    const error = await errorOf(transport.send(post(server)))
    expectEqual(error instanceof Error, true, 'whether it rejects with an Error')
  }),

  rule(
    'rejects when the signal aborts before the server answers, and sends the request once',
    async (open) => {
      const aborter = new AbortController()
      const { transport, server } = await open(() => {
        setTimeout(() => aborter.abort(new Error('enough')), 20)
        return { status: 200, failure: 'never answered' }
      })
      await expectRejection(transport.send({ ...post(server), signal: aborter.signal }))
      expectEqual(server.requests.length, 1, 'how often the write was sent')
    },
  ),

  rule('sends nothing when the signal has aborted already', async (open) => {
    const { transport, server } = await open(() => ({ status: 200 }))
    const error = await errorOf(transport.send({ ...post(server), signal: AbortSignal.abort() }))
    expectEqual(error instanceof Error, true, 'whether it rejects with an Error')
    expectEqual(server.requests.length, 0, 'the number of requests')
  }),

  rule('sends many requests at the same time', async (open) => {
    const { transport, server } = await open(({ target }) => ({ status: 200, body: target }))
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`)
    const bodies = await Promise.all(
      paths.map(
        async (path) => (await transport.send({ ...get(server), url: new URL(path, server.url).href })).body,
      ),
    )
    expectEqual(bodies, paths, 'the bodies of the responses')
  }),

  rule('can be closed more than once', async (open) => {
    const { transport, server } = await open(() => ({ status: 200 }))
    await transport.send(get(server))
    await transport.close()
    await transport.close()
  }),
]

type StartCase = (
  script: ServerScript,
) => Promise<{ readonly transport: Transport; readonly server: TestServer }>

/** Makes a test case. `check` starts the server and the transport with a script, and both are closed at the end. */
function rule(
  name: string,
  check: (open: StartCase) => Promise<void>,
  needed: TransportCase['needed'] = 'always',
): TransportCase {
  return {
    name,
    needed,
    async run(make) {
      const opened: { close(): Promise<void> }[] = []
      try {
        await check(async (script) => {
          const server = await startTestServer(script)
          opened.push(server)
          const transport = await make()
          opened.push(transport)
          return { transport, server }
        })
      } finally {
        for (const each of opened.reverse()) await each.close()
      }
    },
  }
}

function get({ url }: TestServer): HttpRequest {
  return { method: 'GET', url, headers: [['Accept', 'text/plain']] }
}

function post({ url }: TestServer): HttpRequest {
  const headers: HttpRequest['headers'] = [['Content-Type', 'text/plain']]
  return { method: 'POST', url, headers, body: 'Category: compute' }
}

function firstValue(headers: readonly HeaderPair[] | undefined, name: string): string | undefined {
  return valuesOf(headers, name)[0]
}

function valuesOf(headers: readonly HeaderPair[] = [], name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [actualText, expectedText] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (actualText !== expectedText) throw new Error(`${what} is ${actualText} instead of ${expectedText}`)
}

/** Returns the error with which a promise rejects; undefined if it resolves. */
async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('nothing'),
  )
}

/**
 * Throws unless the promise rejects. Also throws if the error says that nothing was sent, because the client would then
 * repeat a request that the server has received.
 */
async function expectRejection(work: Promise<unknown>): Promise<void> {
  const error = await errorOf(work)
  if (error === undefined) throw new Error('the transport does not reject')
  if (error instanceof OcciError && error.facts?.['sent'] === 'no') {
    throw new Error(
      'the error says that nothing was sent (facts.sent is "no"), but the server received the request',
    )
  }
}
