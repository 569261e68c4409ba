import { describe, expect, it } from 'vitest'
import { computeText, mocked, type Reply, textProvider, textReply } from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const state = (value: string, more: Readonly<Record<string, string>> = {}) =>
  textReply(computeText({ 'occi.compute.state': `"${value}"`, ...more }))

/** Answers one after the other, the last for ever. */
function answering(...replies: readonly Reply[]) {
  let at = 0
  return mocked(
    textProvider('test', () => {
      const reply = replies[Math.min(at, replies.length - 1)]
      at++
      return reply
    }),
  )
}

describe('waiting', () => {
  it('wait ends in the wanted state and reports the states before it (ooi-14)', async () => {
    const { client } = answering(state('inactive'), state('inactive'), state('active'))
    const polls: (string | undefined)[] = []
    const entity = await client.wait(
      vm,
      { for: 'state', state: 'active' },
      { onPoll: (seen) => polls.push(seen) },
    )
    expect(entity?.attributes.get('occi.compute.state')).toBe('active')
    expect(polls).toEqual(['inactive', 'inactive', 'active'])
  })

  it('wait doubles the interval up to fifteen seconds', async () => {
    const times: number[] = []
    const { client } = answering(...Array.from({ length: 9 }, () => state('inactive')), state('active'))
    await client.wait(vm, { for: 'state', state: 'active' }, { onPoll: (_, elapsed) => times.push(elapsed) })
    expect(times.map((time, index) => time - (times[index - 1] ?? 0))).toEqual([
      0, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000,
    ])
  })

  it('wait names the last state when the time is over', async () => {
    const { client } = answering(state('inactive'))
    await expect(client.wait(vm, { for: 'state', state: 'active' }, { timeout: 3000 })).rejects.toMatchObject(
      {
        code: 'timeout',
        message: expect.stringContaining('the last state was inactive'),
      },
    )
  })

  it("wait fails at once in state error, with the provider's message", async () => {
    const { client } = answering(state('error', { 'occi.compute.state.message': '"no host"' }))
    await expect(client.wait(vm, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('no host'),
    })
  })

  it('wait fails in a lasting state degraded, but not when another state follows', async () => {
    await expect(
      answering(state('degraded')).client.wait(vm, { for: 'state', state: 'online' }),
    ).rejects.toMatchObject({ code: 'wait-failed', message: expect.stringContaining('in state degraded') })
    const going = answering(state('degraded'), state('offline')).client
    expect(await going.wait(vm, { for: 'state', state: 'offline' })).toBeDefined()
  })

  it('wait reports that an entity which answers 410 was deleted', async () => {
    const { client } = answering(state('inactive'), { status: 410 })
    await expect(client.wait(vm, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/ was deleted\.$/),
    })
    expect(await answering({ status: 410 }).client.wait(vm, { for: 'deleted' })).toBeUndefined()
  })

  it('wait waits for an entity to be deleted, and to exist', async () => {
    expect(
      await answering(state('active'), { status: 404 }).client.wait(vm, { for: 'deleted' }),
    ).toBeUndefined()
    expect(await answering({ status: 404 }, state('active')).client.wait(vm, { for: 'exists' })).toBeDefined()
  })

  it('wait for a state of a deleted entity is not found', async () => {
    const { client } = answering(state('inactive'), { status: 404 })
    await expect(client.wait(vm, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('wait for an address ends when a link has one', async () => {
    const link =
      'Link: </network/n>; rel="http://schemas.ogf.org/occi/infrastructure#network"; self="/networkinterface/1"; category="http://schemas.ogf.org/occi/infrastructure#networkinterface"; occi.networkinterface.address="10.0.0.7"'
    const { client } = answering(
      state('active'),
      textReply(computeText({ 'occi.compute.state': '"active"' }, [link])),
    )
    expect(await client.wait(vm, { for: 'ip' })).toBeDefined()
  })

  it('wait for an attribute ends at its value', async () => {
    const { client } = answering(state('active'), state('active', { 'occi.compute.hostname': '"web"' }))
    const entity = await client.wait(vm, { for: 'attribute', name: 'occi.compute.hostname', value: 'web' })
    expect(entity?.attributes.get('occi.compute.hostname')).toBe('web')
  })

  it('wait tolerates a provider that sometimes fails to answer, but not one that always does', async () => {
    const { client } = answering({ status: 503 }, { broken: true }, state('active'))
    expect(await client.wait(vm, { for: 'state', state: 'active' })).toBeDefined()
    await expect(
      answering({ status: 503 }).client.wait(vm, { for: 'state', state: 'active' }),
    ).rejects.toMatchObject({ code: 'server' })
  })
})
