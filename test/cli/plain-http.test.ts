import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

/** Nobody answers there, so that nothing leaves this machine. */
const nobody = { http_proxy: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' }
const env = { ...nobody, OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'planted', OCCI_TOKEN: 'planted' }
/** Reserved for documentation (RFC 2606), so it has no address. */
const elsewhere = 'http://cloud.invalid/'
const warning =
  /connection to cloud\.invalid is not encrypted: others on the network can read the (password|token)/g

async function said(words: string, terminal: boolean): Promise<string> {
  const { err } = await machine({ env }).occi(`${words} --retries 0`, { terminal })
  return err
}

describe('a secret over plain http', () => {
  it.each(['basic', 'token'])(
    'a password over plain http causes one warning on a terminal: --auth %s',
    async (method) => {
      const err = await said(`compute list -e ${elsewhere} --auth ${method}`, true)
      expect(err.match(warning)).toHaveLength(1)
      expect(err).not.toContain('--insecure')
      expect(err).not.toContain('planted')
    },
  )

  it.each([
    ['a token that "auto" sends unasked', { OCCI_TOKEN: 'planted' }, ['the token']],
    ['a header of the user', { OCCI_AUTH: 'none', OCCI_HEADER: 'X-Auth-Token: planted' }, ['the token']],
    [
      'digest, which sends no password',
      { OCCI_AUTH: 'digest', OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'p' },
      [],
    ],
  ])('a secret over plain http causes a warning, whatever sends it: %s', async (_, given, whats) => {
    const { err } = await machine({ env: { ...nobody, ...given } }).occi(
      `compute list -e ${elsewhere} --retries 0`,
      {
        terminal: true,
      },
    )
    const found = [
      ...err.matchAll(/\.invalid(?::5000)? is not encrypted: others on the network can read (.*)$/gm),
    ]
    expect(found.map(([, what]) => what?.trim())).toEqual(whats)
    expect(err).not.toContain('planted')
  })

  it('a secret sent to a Keystone over plain http causes a warning, and so does its token', async () => {
    const version = { id: 'v3.14', status: 'stable', links: [] }
    const token = {
      expires_at: '2999-01-01T00:00:00Z',
      user: { id: 'u', name: 'ada' },
      project: { id: 'p', name: 'p' },
    }
    // A proxy that answers for everybody: nothing leaves this machine.
    const proxy = createServer((request, response) => {
      const login = request.method === 'POST'
      request.resume()
      response.writeHead(login ? 201 : 200, {
        'Content-Type': 'application/json',
        ...(login && { 'X-Subject-Token': 'planted-too' }),
      })
      response.end(JSON.stringify(login ? { token } : { version }))
    })
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
    const { port } = proxy.address() as AddressInfo
    const { err } = await machine({
      env: {
        OCCI_USERNAME: 'ada',
        OCCI_PASSWORD: 'planted',
        OS_AUTH_URL: 'http://keystone.invalid:5000/v3',
        OCCI_AUTH: 'keystone',
        http_proxy: `http://127.0.0.1:${port}`,
      },
    }).occi(`compute list -e ${elsewhere} --retries 0`, { terminal: true })
    proxy.close()
    const text = err.replace(/\s+/g, ' ')
    expect(text.match(/keystone\.invalid:5000 is not encrypted.*what you log in with/g)).toHaveLength(1)
    expect(err.match(warning)).toHaveLength(1)
    expect(err).not.toContain('planted')
  })

  it.each([
    [`compute list -e ${elsewhere} --auth basic`, false],
    ['compute list -e http://127.0.0.1:1/ --auth basic', true],
    ['compute list -e https://cloud.invalid/ --auth basic', true],
    [`compute list -e ${elsewhere} --auth none`, true],
  ])(
    'no warning is printed when no secret is sent in the clear: occi %s (terminal: %s)',
    async (words, terminal) => {
      expect(await said(words, terminal)).not.toMatch(warning)
    },
  )
})
