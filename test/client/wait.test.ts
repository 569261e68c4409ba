import { describe, expect, it } from 'vitest'
import { connectionReset, replyOf } from '../support/nock.js'
import { computeText, type Reply, textCloud, textReply } from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const state = (value: string, more: Readonly<Record<string, string>> = {}) =>
  textReply(computeText({ 'occi.compute.state': `"${value}"`, ...more }))

/** The machine is read once for each reply, and the last reply is repeated. */
function answering(...replies: readonly Reply[]) {
  const { cloud, client } = textCloud()
  for (const [at, reply] of replies.entries()) {
    const request = cloud.get('/compute/1')
    if (reply.broken === true) request.replyWithError(connectionReset())
    else request.reply(...replyOf(reply))
    if (at === replies.length - 1)
      cloud
        .get('/compute/1')
        .times(99)
        .optionally()
        .reply(...replyOf(reply))
  }
  return { client }
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

  it('wait fails in a state degraded that lasts', async () => {
    const { client } = answering(state('degraded'))
    await expect(client.wait(vm, { for: 'state', state: 'online' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('in state degraded'),
    })
  })

  it('wait does not fail in a state degraded that another state follows', async () => {
    const { client } = answering(state('degraded'), state('offline'))
    expect(await client.wait(vm, { for: 'state', state: 'offline' })).toBeDefined()
  })

  it('wait reports that an entity which answers 410 was deleted', async () => {
    const { client } = answering(state('inactive'), { status: 410 })
    await expect(client.wait(vm, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/ was deleted\.$/),
    })
  })

  it.each([404, 410])('wait for a deletion ends when the entity answers %i', async (status) => {
    const { client } = answering(state('active'), { status })
    expect(await client.wait(vm, { for: 'deleted' })).toBeUndefined()
  })

  it('wait for existence ends when the entity answers', async () => {
    const { client } = answering({ status: 404 }, state('active'))
    expect(await client.wait(vm, { for: 'exists' })).toBeDefined()
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

  it('wait tolerates a provider that sometimes fails to answer', async () => {
    const { client } = answering({ status: 503 }, { broken: true }, state('active'))
    expect(await client.wait(vm, { for: 'state', state: 'active' })).toBeDefined()
  })

  it('wait fails when the provider always fails to answer', async () => {
    const { client } = answering({ status: 503 })
    await expect(client.wait(vm, { for: 'state', state: 'active' })).rejects.toMatchObject({ code: 'server' })
  })
})
