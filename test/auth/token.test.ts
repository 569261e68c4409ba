import { describe, expect, it } from 'vitest'
import { authContext, nodePlatform, type Platform } from '../../src/auth/index.js'
import { token } from '../../src/auth/token.js'

const request = { method: 'GET', url: 'https://h/', headers: [] } as const
const context = (options: Record<string, string>, run?: Platform['run']) =>
  authContext({
    options,
    transport: () => expect.unreachable('nothing is sent'),
    ...(run === undefined ? {} : { machine: { ...nodePlatform(), run } }),
  })

describe('token', () => {
  it.each([
    [undefined, 'X-Auth-Token', 'T0'],
    ['Auth-Token', 'Auth-Token', 'T0'],
    ['Authorization', 'Authorization', 'Bearer T0'],
  ])('token sends the token in %s', async (name, header, value) => {
    const options = { token: ' T0\n', ...(name === undefined ? {} : { 'token-header': name }) }
    const credentials = await token.authenticate(context(options))
    expect(await credentials.sign(request)).toEqual([[header, value]])
    expect(credentials.secretHeaders).toEqual([header])
  })

  it('token never shows the token in its description or identity', async () => {
    const credentials = await token.authenticate(context({ token: 'planted-secret' }))
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain('planted')
  })

  it('token refuses a header name that would break the request', async () => {
    const options = { token: 't', 'token-header': 'X\r\nEvil' }
    await expect(token.authenticate(context(options))).rejects.toThrow(/header/)
  })

  it('token reads the token from a command, as text or JSON, and runs it again after a refusal', async () => {
    const outputs = ['notice\nT1\n', '{"access_token":"T2","expires_in":3600}', '{"access_token":"T2"}']
    const credentials = await token.authenticate(
      context({ 'token-command': 'get' }, async () => outputs.shift() ?? ''),
    )
    expect(await credentials.token?.()).toBe('T1')
    const refusal = { status: 401, reason: '', headers: [], body: '', url: '', tolerated: [] }
    expect(await credentials.renew?.(refusal, 1)).toBe(true)
    expect(await credentials.sign(request)).toEqual([['X-Auth-Token', 'T2']])
    expect(await credentials.renew?.(refusal, 1)).toBe(false)
  })

  it('token runs a real command, and reports its failure without repeating its output', async () => {
    const credentials = await token.authenticate(context({ 'token-command': 'printf "%s\\n" T9' }))
    expect(await credentials.token?.()).toBe('T9')
    await expect(
      token.authenticate(context({ 'token-command': 'echo planted; exit 3' })),
    ).rejects.toMatchObject({
      code: 'auth',
      message: 'The token command failed',
    })
    await expect(token.authenticate(context({ 'token-command': 'true' }))).rejects.toThrow(/printed no token/)
  })

  it.each(['"T0"', "'T0'", ' "T0"\n'])(
    'token refuses %j, whose quotation marks are not part of it',
    async (token_) => {
      await expect(token.authenticate(context({ token: token_ }))).rejects.toMatchObject({
        code: 'auth',
        message: 'The token has quotation marks around it',
        hint: expect.stringContaining('Remove them'),
      })
    },
  )

  it('token names the missing option', async () => {
    await expect(token.authenticate(context({}))).rejects.toMatchObject({ facts: { missing: 'token' } })
  })
})
