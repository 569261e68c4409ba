import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/errors/errors.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { type Loopback, loopback, rejection, reply, transport } from './loopback.js'

/** `/STATUS?to` redirects there; everything else answers with its method, path and body. */
async function server(): Promise<Loopback> {
  return loopback(({ head, body }, socket) => {
    const [method, path = ''] = head.split(' ')
    const [, status, to] = /^\/(3\d\d)\?(.*)$/.exec(path) ?? []
    if (status !== undefined) return socket.write(reply(`${status} Elsewhere`, [`Location: ${to}`], 'moved'))
    return socket.write(reply('200 OK', [], method === 'HEAD' ? '' : `${method} ${path} ${body}`))
  })
}

const request = (method: HttpRequest['method'], url: string): HttpRequest => ({
  method,
  url,
  headers: [['X-Auth-Token', 'planted']],
  ...(method === 'POST' || method === 'PUT' ? { body: 'body' } : {}),
})

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    'a %i is followed by GET within the origin, with its headers',
    async (status) => {
      const { url, received } = await server()
      const response = await transport().send(request('GET', `${url}${status}?/there`))
      expect(response).toMatchObject({ status: 200, body: 'GET /there ', url: `${url}there` })
      expect(received[1]?.head).toContain('X-Auth-Token: planted')
    },
  )

  it.each([307, 308])('a %i is followed by POST with its body', async (status) => {
    const { url } = await server()
    expect((await transport().send(request('POST', `${url}${status}?there`))).body).toBe('POST /there body')
  })

  it.each([
    ['POST', 301],
    ['POST', 302],
    ['PUT', 303],
    ['DELETE', 302],
    ['GET', 300],
    ['GET', 304],
  ] as const)('a %s returns a %i as the answer', async (method, status) => {
    const { url, received } = await server()
    expect((await transport().send(request(method, `${url}${status}?/there`))).status).toBe(status)
    expect(received).toHaveLength(1)
  })

  // Guarantee: credentials-stay
  it.each([
    'http://127.0.0.2:1/x',
    'https://127.0.0.1/x',
    '//evil.test/x',
    'file:///etc/passwd',
    'http://u:p@evil.test/',
  ])('a redirect to %s is an error, and nothing is sent there', async (to) => {
    const { url } = await server()
    const error = await rejection(transport().send(request('GET', `${url}302?${to}`)))
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toContain('another origin')
    expect((error as ProtocolError).http?.status).toBe(302)
    expect(JSON.stringify(error)).not.toContain('planted')
  })

  it('a redirect to another port is an error', async () => {
    const [one, other] = [await server(), await server()]
    const error = await rejection(transport().send(request('GET', `${one.url}302?${other.url}`)))
    expect((error as ProtocolError).hint).toContain(other.url)
    expect(other.received).toEqual([])
  })

  // Guarantee: answers-bounded
  it('redirects end after five', async () => {
    const { url, received } = await loopback((_, socket) =>
      socket.write(reply('302 Found', ['Location: /again'])),
    )
    const error = await rejection(transport().send(request('GET', url)))
    expect((error as ProtocolError).message).toContain('more than 5 times')
    expect(received).toHaveLength(6)
  })

  it('a redirect without a Location is returned as the answer', async () => {
    const { url } = await loopback((_, socket) => socket.write(reply('302 Found')))
    expect((await transport().send(request('GET', url))).status).toBe(302)
  })
})
