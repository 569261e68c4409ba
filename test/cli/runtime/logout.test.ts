import { describe, expect, it } from 'vitest'
import { memoryCache, rememberedMethodPrefix } from '../../../src/auth/index.js'
import { cacheAndTransport } from '../../../src/cli/runtime/authentication.js'
import { dialogue, recordedTransport } from '../../support/nock.js'

const endpoint = 'https://cloud.example.org/'
const settings = { withheld: [], untrustedAddresses: [] }
const tomorrow = new Date(Date.now() + 86_400_000)

/** What a logout may use after a login at the same endpoint has put `key` into the cache. */
async function logoutAfter(key: string) {
  const cache = memoryCache()
  const inner = recordedTransport()
  const login = { cache, endpoint, transport: () => inner }
  await cacheAndTransport({ ...login, purpose: 'login' }, settings).cache?.set(key, 'value', tomorrow)
  const logout = cacheAndTransport({ ...login, purpose: 'forget' }, settings)
  expect(await logout.cache?.get(key)).toBe('value')
  return { send: () => logout.transport().send({ method: 'GET', url: endpoint, headers: [] }), inner }
}

describe('a logout', () => {
  it('a logout sends nothing when the cache contains only the method that the endpoint accepts', async () => {
    const { send, inner } = await logoutAfter(`${rememberedMethodPrefix}${endpoint} user`)
    await expect(send()).rejects.toMatchObject({ facts: { missing: 'login' } })
    expect(inner.requests).toHaveLength(0)
  })

  it('a logout sends the requests that revoke a token of the cache', async () => {
    dialogue('https://cloud.example.org').get('/').reply(401)
    const { send } = await logoutAfter('keystone token')
    expect((await send()).status).toBe(401)
  })
})
