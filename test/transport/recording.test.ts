import { describe, expect, it } from 'vitest'
import { NetworkError, type OcciError } from '../../src/errors/errors.js'
import {
  type Exchange,
  type HttpRequest,
  type HttpResponse,
  harText,
  parseHar,
  recordTransport,
  replay,
  type Transport,
} from '../../src/transport/index.js'
import { matchesRecorded } from '../../src/transport/recording/exchange-redactor.js'

const url = 'http://cloud.example.org/compute/'
const get = (more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, headers: [], ...more })

function answering(...responses: readonly (Partial<HttpResponse> | Error)[]): Transport {
  const left = [...responses]
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const next = left.shift()
    if (next === undefined) throw new Error('no further response')
    if (next instanceof Error) throw next
    return { status: 200, reason: 'OK', headers: [], body: '', url: request.url, tolerated: [], ...next }
  }
  return {
    send,
    async stream(request) {
      const { body, ...head } = await send(request)
      return { ...head, chunks: pieces(body) }
    },
    close: async () => {},
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (const character of text) yield character
}

async function all(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

function recording(inner: Transport, mask?: (text: string) => string) {
  const exchanges: Exchange[] = []
  const transport = recordTransport(inner, {
    add: (exchange) => void exchanges.push(exchange),
    ...(mask === undefined ? {} : { mask }),
  })
  return { exchanges, transport, again: () => replay(parseHar(harText({ exchanges, facts: {} }))).transport }
}

describe('a recorded exchange', () => {
  it('a recorded exchange is replayed with its status, reason, body, and its headers in order and with repetitions', async () => {
    const headers = [
      ['Category', 'compute; scheme="a#"'],
      ['X-OCCI-Attribute', 'a="1, 2"'],
      ['category', 'network; scheme="a#"'],
    ] as const
    const { transport, again } = recording(
      answering({ status: 203, reason: 'Fine', headers, body: 'é\r\n{"a":1}', tolerated: ['x'] }),
    )
    const first = await transport.send(get())
    expect(await again().send(get())).toEqual(first)
  })

  it('a recorded exchange is recorded when a stream ends, and replayed as a stream and as a whole', async () => {
    const { transport, again } = recording(answering({ body: 'abc' }))
    expect(await all((await transport.stream(get())).chunks)).toBe('abc')
    expect(await all((await again().stream(get())).chunks)).toBe('abc')
    expect((await again().send(get())).body).toBe('abc')
  })

  it('a recorded exchange keeps what arrived before a failure, and fails in the replay with the same error', async () => {
    const failure = new NetworkError('reset', { hint: 'Try.', facts: { sent: 'maybe', transient: true } })
    const inner = answering({})
    const { transport, again } = recording({
      ...inner,
      stream: async (request) => ({
        ...(await inner.send(request)),
        chunks: (async function* () {
          yield 'half'
          throw failure
        })(),
      }),
    })
    const read = async (from: Transport) => {
      let text = ''
      try {
        for await (const chunk of (await from.stream(get())).chunks) text += chunk
      } catch (error) {
        const { message, hint, facts, code } = error as OcciError
        return { text, message, hint, facts, code }
      }
      return text
    }
    const first = await read(transport)
    expect(first).toMatchObject({ text: 'half', message: 'reset', code: 'network' })
    expect(await read(again())).toEqual(first)
  })

  it('a recorded exchange matches by method, URL and body, and answers equal requests in order', async () => {
    const { transport, again } = recording(
      answering({ body: 'one' }, { body: 'two' }, { body: 'a' }, { body: 'b' }),
    )
    await transport.send(get())
    await transport.send(get())
    await transport.send(get({ method: 'POST', body: 'A' }))
    await transport.send(get({ method: 'POST', body: 'B' }))
    const replayed = again()
    const body = async (request: HttpRequest) => (await replayed.send(request)).body
    expect(await body(get({ method: 'POST', body: 'B' }))).toBe('b')
    expect([await body(get()), await body(get())]).toEqual(['one', 'two'])
    await expect(body(get())).rejects.toThrow(/no further response to GET/)
    await expect(body(get({ method: 'POST', body: 'C' }))).rejects.toThrow(/no further response to POST/)
    await expect(body(get({ url: `${url}x` }))).rejects.toMatchObject({
      code: 'network',
      facts: { sent: 'no' },
    })
  })

  it('a recorded exchange contains no secret of headers, URLs, bodies and errors, and is replayed to a request with another one', async () => {
    const secret = 'hunter2-hunter2'
    const { transport, exchanges, again } = recording(
      answering(
        {
          headers: [['Set-Cookie', `s=${secret}`]],
          body: `{"password": "${secret}", "pin_token": 123456, "note": "${secret}"}`,
        },
        new NetworkError(`cannot reach x with ${secret}`),
      ),
      (text) => text.replaceAll(secret, '***'),
    )
    const request = (word: string) =>
      get({
        method: 'POST',
        url: `${url}?password=${word}`,
        headers: [['Authorization', `Basic ${word}`]],
        body: `a=1\npassword=${word}\n`,
      })
    await transport.send(request(secret))
    await expect(transport.send(request(secret))).rejects.toThrow()
    const text = JSON.stringify(exchanges)
    expect(text).not.toContain(secret)
    expect(text).not.toContain('123456')
    const answer = await again().send(request('another-word'))
    expect(JSON.parse(answer.body)).toEqual({ password: '***', pin_token: '***', note: '***' })
  })

  it('a replay has the clock of the recording', async () => {
    let time = 1_000_000
    const exchanges: Exchange[] = []
    const transport = recordTransport(answering({}, {}), {
      add: (exchange) => void exchanges.push(exchange),
      now: () => (time += 50),
    })
    await transport.send(get())
    time += 60_000
    await transport.send(get())
    const { transport: replayed, clock } = replay({ exchanges, facts: {} })
    const start = clock.now()
    await replayed.send(get())
    await clock.sleep(1000)
    await replayed.send(get())
    expect(clock.now() - start).toBe(60_150)
  })
})

describe('matchesRecorded', () => {
  it.each([
    ['a***c', 'abc', true],
    ['a***c', 'ac', true],
    ['a***c', 'abd', false],
    ['***', '', true],
    ['a***b***', 'axxbyy', true],
    ['a***a', 'a', false],
    ['abc', 'abd', false],
  ])('matchesRecorded compares %s and %s: %s', (recorded, text, same) => {
    expect(matchesRecorded(recorded, text)).toBe(same)
  })

  it('matchesRecorded takes linear time for a hostile recording', () => {
    const recorded = '***a'.repeat(200_000)
    expect(matchesRecorded(recorded, 'a'.repeat(200_000))).toBe(true)
    expect(matchesRecorded(recorded, 'b'.repeat(200_000))).toBe(false)
  })
})

describe('parseHar', () => {
  const entry = { request: { method: 'GET', url, headers: [] }, response: { status: 200, headers: [] } }
  const har = (...entries: readonly unknown[]) => JSON.stringify({ log: { entries } })

  it('parseHar reads the files of browsers, with base64 and pseudo headers', () => {
    const { exchanges } = parseHar(
      har({
        ...entry,
        response: {
          status: 200,
          headers: [
            { name: ':status', value: '200' },
            { name: 'a', value: 'b' },
          ],
          content: { text: 'w6k=', encoding: 'base64' },
        },
      }),
    )
    expect(exchanges[0]?.response).toMatchObject({ headers: [['a', 'b']], body: 'é' })
  })

  it.each([
    ['', /not JSON/],
    ['[]', /log\.entries/],
    ['{"log":{"entries":{}}}', /log\.entries/],
    [har(1), /entry 1 has no method/],
    [har(entry, { ...entry, request: { method: 'TR ACE', url } }), /entry 2 has no method/],
    [har({ ...entry, request: { method: 'GET', url: 'file:///etc/passwd' } }), /entry 1 has no http/],
    [har({ ...entry, response: { status: 'x', headers: [] } }), /entry 1 has a malformed response/],
    [
      har({ ...entry, response: { status: 200, headers: [{ name: 'a', value: 'b\r\nc: d' }] } }),
      /malformed response/,
    ],
  ])('parseHar refuses %s', (text, message) => {
    expect(() => parseHar(text)).toThrow(message)
  })

  it('parseHar does not let a recording change prototypes', () => {
    const text = `{"log":{"entries":[],"_occi":{"__proto__":{"endpoint":"http://x/"},"login":{"as":{"__proto__":{"a":1}}}}}}`
    const { facts } = parseHar(text)
    expect(facts.endpoint).toBeUndefined()
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})
