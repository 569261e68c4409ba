/** What a new user may type that cannot work gets one error with what was wrong and the way on. */
import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

const kinds =
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"\n'

afterEach(() => nock.cleanAll())

describe('words that cannot work', () => {
  it.each([
    ['explain foo -e sandbox:', 6, 'There is no category "foo"'],
    ['translate foo', 2, 'There is no command line of rOCCI-cli in it'],
    ['context import /nope', 2, '/nope cannot be read: there is no such file or folder'],
    ['compute list -e http://[fe80::1%25eth0]:8787/', 2, 'has an IPv6 zone'],
    ['compute list -e http://[fe80::1%eth0]/', 2, 'has an IPv6 zone'],
  ])('%s', async (words, status, message) => {
    const result = await machine().occi(words)
    expect(result).toMatchObject({ status, out: '', err: expect.stringContaining(message) })
    expect(result.err).not.toMatch(/\n\s+at /)
  })

  it('help names no kind that only some providers have', async () => {
    expect((await machine().occi('--help')).out).not.toContain('ipnetwork')
  })
})

describe('a refusal', () => {
  it.each([
    [409, 7, 'POST', 'compute create x --title x'],
    [503, 11, 'GET', 'compute list --retries 0'],
  ])('%i says method and URL once', async (answer, status, method, words) => {
    nock('http://cloud.example.org').get('/-/').reply(200, kinds, { 'content-type': 'text/plain' }).persist()
    nock('http://cloud.example.org')
      .persist()
      .intercept(/^\/compute\//, method)
      .reply(answer, 'busy', { 'content-type': 'text/plain' })
    const result = await machine().occi(`${words} -e http://cloud.example.org/`)
    expect(result.status).toBe(status)
    expect(result.err.match(new RegExp(`${method} \\S*/compute/`, 'g'))).toHaveLength(1)
    expect(result.err).toContain('at http://cloud.example.org')
  })
})
