import { describe, expect, it } from 'vitest'
import { NetworkError } from '../../src/errors/errors.js'
import { transportCases } from '../../src/testing/index.js'
import { createTransport, type Transport, wrapTransport } from '../../src/transport/index.js'
import { fetchTransport } from './fetch-transport.js'

const own = () => createTransport({ userAgent: 'test' })

describe('createTransport', () => {
  it.each(transportCases)('createTransport passes the case: $name', ({ run }) => run(own))
})

describe('a transport over fetch', () => {
  it.each(transportCases.filter(({ needed }) => needed === 'always'))(
    'a transport over fetch passes the case: $name',
    ({ run }) => run(fetchTransport),
  )

  it('a transport over fetch does not keep headers of the same name apart, which only text/occi needs', async () => {
    const found = await broken(fetchTransport)
    expect(found).toEqual(['keeps headers of the same name apart, in both directions'])
  })
})

/** The names of the cases that a transport does not pass. */
async function broken(make: () => Transport): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, run } of transportCases) {
    await run(make).catch(() => found.push(name))
  }
  return found
}

describe('the cases find', () => {
  it.each<[string, () => Transport, readonly string[]]>([
    [
      'a transport that says of a broken connection that nothing was sent',
      () =>
        wrapTransport(own(), async (request, send) => {
          try {
            return await send(request)
          } catch {
            throw new NetworkError('broken', { facts: { sent: 'no' } })
          }
        }),
      [
        'rejects, and does not repeat a write, when the connection breaks before the response',
        'rejects, and does not repeat a write, when the connection breaks in the head of the response',
        'rejects, and does not repeat a write, when the connection breaks in the body of the response',
        'does not repeat a write when a reused connection breaks',
        'rejects when the signal aborts before the server answers, and sends the request once',
      ],
    ],
    [
      'a transport that sends again by itself',
      () => wrapTransport(own(), (request, send) => send(request).catch(() => send(request))),
      [
        'rejects, and does not repeat a write, when the connection breaks before the response',
        'rejects, and does not repeat a write, when the connection breaks in the head of the response',
        'rejects, and does not repeat a write, when the connection breaks in the body of the response',
        'does not repeat a write when a reused connection breaks',
      ],
    ],
    [
      'a transport that throws for a refusal',
      () =>
        wrapTransport(own(), async (request, send) => {
          const response = await send(request)
          if (response.status >= 400) throw new Error('refused')
          return response
        }),
      ['returns a response for any status'],
    ],
    [
      'a transport that ignores the signal',
      () => wrapTransport(own(), ({ signal: _, ...request }, send) => Promise.race([send(request), later()])),
      [
        'rejects when the signal aborts before the server answers, and sends the request once',
        'sends nothing when the signal has aborted already',
      ],
    ],
  ])('the cases find %s', async (_, make, wanted) => {
    const found = await broken(make)
    expect(found).toEqual(expect.arrayContaining([...wanted]))
  })
})

/** Stands for an answer that comes although nobody waits for it any more. */
function later(): Promise<never> {
  return new Promise((resolve) => setTimeout(() => resolve({ status: 200 } as never), 300))
}
