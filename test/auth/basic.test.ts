import { describe, expect, it } from 'vitest'
import { basic, basicCredentials } from '../../src/auth/basic.js'
import { authContext } from '../../src/auth/index.js'
import { AuthError } from '../../src/errors/errors.js'

const request = { method: 'GET', url: 'https://h/', headers: [] } as const
const context = (options: Record<string, string>) =>
  authContext({ endpoint: 'https://h/', options, transport: () => expect.unreachable('nothing is sent') })

describe('basic', () => {
  it.each([
    // RFC 7617 §2 and §2.1
    ['Aladdin', 'open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123£', 'Basic dGVzdDoxMjPCow=='],
    ['demo', 'demopw', 'Basic ZGVtbzpkZW1vcHc='],
  ])('sends %s as the RFC writes it', async (username, password, value) => {
    expect(await basicCredentials(username, password).sign(request)).toEqual([['Authorization', value]])
  })

  it('takes a password with colons but not a user name with one', () => {
    expect(() => basicCredentials('a', 'b:c')).not.toThrow()
    expect(() => basicCredentials('a:b', 'c')).toThrow(/colon/)
  })

  it('refuses a line end without repeating the password', () => {
    try {
      basicCredentials('a', 'planted-secret\n')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(AuthError)
      expect(String(error)).not.toContain('planted-secret')
    }
  })

  it('says which option is missing', async () => {
    await expect(basic.authenticate(context({}))).rejects.toMatchObject({
      code: 'auth',
      facts: { missing: 'username' },
    })
    await expect(basic.authenticate(context({ username: 'u' }))).rejects.toMatchObject({
      facts: { missing: 'password' },
    })
  })

  it('describes itself without the password', async () => {
    const credentials = await basic.authenticate(context({ username: 'u', password: 'planted-secret' }))
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain('planted')
    expect(credentials.describe()).toEqual({ method: 'basic', subject: 'u' })
  })
})
