import { describe, expect, it } from 'vitest'
import { authContext, loadAuthPlugin } from '../../src/auth/index.js'
import { AuthError } from '../../src/errors/errors.js'

const request = { method: 'GET', url: 'https://h/', headers: [] } as const
const context = (options: Record<string, string>) =>
  authContext({ endpoint: 'https://h/', options, transport: () => expect.unreachable('nothing is sent') })

const login = async (username: string, password: string) =>
  (await loadAuthPlugin('basic')).authenticate(context({ username, password }))

describe('basic', () => {
  it.each([
    // RFC 7617 §2 and §2.1
    ['Aladdin', 'open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123£', 'Basic dGVzdDoxMjPCow=='],
    ['demo', 'demopw', 'Basic ZGVtbzpkZW1vcHc='],
  ])('basic sends %s as RFC 7617 writes it', async (username, password, value) => {
    expect(await (await login(username, password)).sign(request)).toEqual([['Authorization', value]])
  })

  it('basic accepts a password with colons but not a user name with one', async () => {
    expect((await login('a', 'b:c')).describe().subject).toBe('a')
    await expect(login('a:b', 'c')).rejects.toThrow(/colon/)
  })

  it('basic refuses a line end without repeating the password', async () => {
    const error = await login('a', 'planted-secret\n').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).not.toContain('planted-secret')
  })

  it('basic names the missing option', async () => {
    const basic = await loadAuthPlugin('basic')
    await expect(basic.authenticate(context({}))).rejects.toMatchObject({
      code: 'auth',
      facts: { missing: 'username' },
    })
    await expect(basic.authenticate(context({ username: 'u' }))).rejects.toMatchObject({
      facts: { missing: 'password' },
    })
  })

  it('basic describes itself without the password', async () => {
    const credentials = await login('u', 'planted-secret')
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain('planted')
    expect(credentials.describe()).toEqual({ method: 'basic', subject: 'u' })
  })
})
