/**
 * What the client relies on in a Transport, as cases that anyone can run on theirs, with any test runner. Each
 * case makes a server on loopback, so no provider is needed.
 */
import type { HeaderPair } from '../basics/http.js'
import { OcciError } from '../errors/errors.js'
import type { HttpRequest, Transport } from '../transport/index.js'
import { type Peer, type PeerScript, servePeer } from './peer.js'

/** One rule of the Transport contract. */
export interface TransportCase {
  /** A sentence, for the name of a test. */
  readonly name: string
  /**
   * `always`: the client needs it. `text/occi`: only for providers that speak in headers; a transport that is
   * built on fetch cannot keep it, because fetch joins headers of the same name.
   */
  readonly needed: 'always' | 'text/occi'
  /** Rejects with an Error that says what is wrong. `make` is called for each case, and the transport closed. */
  run(make: () => Transport | Promise<Transport>): Promise<void>
}

/**
 * The cases. With `node:test`:
 *
 * ```ts
 * for (const { name, needed, run } of transportCases) {
 *   test(name, { skip: needed === 'text/occi' }, () => run(() => myTransport()))
 * }
 * ```
 */
export const transportCases: readonly TransportCase[] = [
  rule('answers any status, and does not throw for it', async (open) => {
    for (const status of [200, 204, 404, 409, 500, 503]) {
      const { transport, peer } = await open(() => ({ status, body: status === 204 ? '' : 'why' }))
      const response = await transport.send(get(peer))
      same(response.status, status, 'the status')
      if (status !== 204) same(response.body, 'why', 'the body')
      same(Array.isArray(response.tolerated), true, 'whether `tolerated` is a list')
    }
  }),

  rule('sends method, path, headers and a body in UTF-8', async (open) => {
    const { transport, peer } = await open(() => ({ status: 200 }))
    await transport.send({ ...post(peer), url: `${peer.url}compute/?action=stop`, body: 'müller ☁' })
    const [asked] = peer.asked
    same(asked?.method, 'POST', 'the method')
    same(asked?.target, '/compute/?action=stop', 'the path and query')
    same(firstValue(asked?.headers, 'content-type'), 'text/plain', 'Content-Type')
    same(asked?.body, 'müller ☁', 'the body')
  }),

  rule('gives the names and values of the headers, and the body decoded', async (open) => {
    const { transport, peer } = await open(() => ({
      status: 201,
      headers: [['Location', 'http://cloud.test/compute/1']],
      body: 'X-OCCI-Location: ☁\n',
    }))
    const response = await transport.send(get(peer))
    same(firstValue(response.headers, 'location'), 'http://cloud.test/compute/1', 'Location')
    same(response.body, 'X-OCCI-Location: ☁\n', 'the body')
  }),

  rule(
    'keeps headers of the same name apart, in both directions',
    async (open) => {
      const pairs: readonly HeaderPair[] = [
        ['Category', 'compute; scheme="http://a.test/#", b'],
        ['Category', 'small; title="one, two"'],
      ]
      const { transport, peer } = await open(() => ({ status: 200, headers: pairs }))
      const response = await transport.send({ ...get(peer), headers: pairs })
      same(valuesOf(peer.asked[0]?.headers, 'category'), valuesOf(pairs, 'category'), 'what is sent')
      same(valuesOf(response.headers, 'category'), valuesOf(pairs, 'category'), 'what is answered')
    },
    'text/occi',
  ),

  rule('streams the same text, in whatever pieces', async (open) => {
    const { transport, peer } = await open(() => ({ status: 200, body: '☁'.repeat(10_000) }))
    const { status, chunks } = await transport.stream(get(peer))
    let body = ''
    for await (const chunk of chunks) body += chunk
    same(status, 200, 'the status')
    same(body.length, 10_000, 'the length of the text')
  }),

  rule('does not follow a redirect of a write', async (open) => {
    const { transport, peer } = await open(({ target }) =>
      target === '/' ? { status: 302, headers: [['Location', '/elsewhere']] } : { status: 200 },
    )
    const response = await transport.send(post(peer))
    same(response.status, 302, 'the status')
    same(peer.asked.length, 1, 'the number of requests')
  }),

  rule('does not carry headers to another origin', async (open) => {
    const other = await servePeer(() => ({ status: 200 }))
    try {
      const { transport, peer } = await open(() => ({ status: 302, headers: [['Location', other.url]] }))
      await outcome(transport.send({ ...get(peer), headers: [['X-Auth-Token', 'planted']] }))
      const carried = other.asked.filter(({ headers }) => firstValue(headers, 'x-auth-token') !== undefined)
      same(carried.length, 0, 'the number of requests with the token at the other origin')
    } finally {
      await other.close()
    }
  }),

  ...(['before the answer', 'in the head of the answer', 'in the body of the answer'] as const).map((when) =>
    rule(`rejects, and does not send again, when the connection breaks ${when}`, async (open) => {
      const { transport, peer } = await open(() => ({ status: 201, body: 'created', cut: when }))
      await rejects(transport.send(post(peer)))
      same(peer.asked.length, 1, 'how often the write was sent')
    }),
  ),

  rule('does not send again on a connection that was kept and breaks', async (open) => {
    const { transport, peer } = await open(({ method }) => ({
      status: 200,
      ...(method === 'POST' ? { cut: 'before the answer' as const } : {}),
    }))
    await transport.send(get(peer))
    await rejects(transport.send(post(peer)))
    same(peer.asked.filter(({ method }) => method === 'POST').length, 1, 'how often the write was sent')
  }),

  rule('rejects when a stream breaks, and does not end it as if it were whole', async (open) => {
    const { transport, peer } = await open(() => ({
      status: 200,
      body: 'half',
      cut: 'in the body of the answer',
    }))
    await rejects(
      (async () => {
        const { chunks } = await transport.stream(get(peer))
        for await (const _ of chunks);
      })(),
    )
  }),

  rule('rejects when nothing listens', async (open) => {
    const { transport, peer } = await open(() => ({ status: 200 }))
    await peer.close()
    const error = await outcome(transport.send(post(peer)))
    same(error instanceof Error, true, 'whether it rejects with an Error')
  }),

  rule('rejects when the signal is aborted while the server thinks, and sends once', async (open) => {
    const aborter = new AbortController()
    const { transport, peer } = await open(() => {
      setTimeout(() => aborter.abort(new Error('enough')), 20)
      return { status: 200, cut: 'never answered' }
    })
    await rejects(transport.send({ ...post(peer), signal: aborter.signal }))
    same(peer.asked.length, 1, 'how often the write was sent')
  }),

  rule('sends nothing when the signal is aborted already', async (open) => {
    const { transport, peer } = await open(() => ({ status: 200 }))
    const error = await outcome(transport.send({ ...post(peer), signal: AbortSignal.abort() }))
    same(error instanceof Error, true, 'whether it rejects with an Error')
    same(peer.asked.length, 0, 'the number of requests')
  }),

  rule('serves many requests at the same time', async (open) => {
    const { transport, peer } = await open(({ target }) => ({ status: 200, body: target }))
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`)
    const bodies = await Promise.all(
      paths.map(
        async (path) => (await transport.send({ ...get(peer), url: new URL(path, peer.url).href })).body,
      ),
    )
    same(bodies, paths, 'the answers')
  }),

  rule('closes more than once', async (open) => {
    const { transport, peer } = await open(() => ({ status: 200 }))
    await transport.send(get(peer))
    await transport.close()
    await transport.close()
  }),
]

type Open = (script: PeerScript) => Promise<{ readonly transport: Transport; readonly peer: Peer }>

function rule(
  name: string,
  check: (open: Open) => Promise<void>,
  needed: TransportCase['needed'] = 'always',
): TransportCase {
  return {
    name,
    needed,
    async run(make) {
      const opened: { close(): Promise<void> }[] = []
      try {
        await check(async (script) => {
          const peer = await servePeer(script)
          opened.push(peer)
          const transport = await make()
          opened.push(transport)
          return { transport, peer }
        })
      } finally {
        for (const each of opened.reverse()) await each.close()
      }
    },
  }
}

function get({ url }: Peer): HttpRequest {
  return { method: 'GET', url, headers: [['Accept', 'text/plain']] }
}

function post({ url }: Peer): HttpRequest {
  const headers: HttpRequest['headers'] = [['Content-Type', 'text/plain']]
  return { method: 'POST', url, headers, body: 'Category: compute' }
}

function firstValue(headers: readonly HeaderPair[] | undefined, name: string): string | undefined {
  return valuesOf(headers, name)[0]
}

function valuesOf(headers: readonly HeaderPair[] = [], name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function same(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${what} is ${one}, and not ${other}`)
}

/** The error, or undefined where it did not reject. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('nothing'),
  )
}

/** The server has the whole request, so an error that says otherwise would let the client send it twice. */
async function rejects(work: Promise<unknown>): Promise<void> {
  const found = await outcome(work)
  if (found === undefined) throw new Error('it does not reject')
  if (found instanceof OcciError && found.facts?.['sent'] === 'no') {
    throw new Error(
      'its error says that nothing was sent (facts.sent is "no"), but the server has the request',
    )
  }
}
