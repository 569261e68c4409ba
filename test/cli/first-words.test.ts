/** What a new user may type that cannot work gets one error with what was wrong and the way on. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

const kinds =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"\n'

/** Offers machines, and answers what is asked of them with the status that the path begins with. */
let server: Server
let origin = ''
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const status = url.endsWith('/-/') ? 200 : Number(/^\/(\d+)\//.exec(url)?.[1])
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? kinds : 'busy')
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

describe('command lines that cannot succeed', () => {
  it.each([
    ['explain foo -e sandbox:', 6, 'There is no category "foo"'],
    ['explain foo -e sandbox:', 6, '"occi model" lists all categories'],
    ['translate foo', 2, 'This contains no command line of rOCCI-cli'],
    ['context import /nope', 2, '/nope cannot be read: there is no such file or folder'],
    ['compute list -e http://[fe80::1%25eth0]:8787/', 2, 'has an IPv6 zone'],
    ['compute list -e http://[fe80::1%eth0]/', 2, 'has an IPv6 zone'],
  ])('occi %s ends with one clear error', async (words, status, message) => {
    const result = await machine().occi(words)
    expect(result).toMatchObject({ status, out: '', err: expect.stringContaining(message) })
    expect(result.err).not.toMatch(/\n\s+at /)
  })

  it('help does not name kinds that only some providers have', async () => {
    expect((await machine().occi('--help')).out).not.toContain('ipnetwork')
  })
})

describe('a refusal', () => {
  it.each([
    [409, 7, 'POST', 'compute create x --title x'],
    [503, 11, 'GET', 'compute list --retries 0'],
  ])('the error for status %i contains method and URL once', async (answer, status, method, words) => {
    const result = await machine().occi(`${words} -e ${origin}/${answer}/`)
    expect(result.status).toBe(status)
    expect(result.err.match(new RegExp(`${method} \\S*/compute/`, 'g'))).toHaveLength(1)
    expect(result.err).toContain(`at ${origin}`)
  })
})
