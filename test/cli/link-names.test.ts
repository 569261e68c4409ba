import { describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

/** A machine with a network and a volume, on a computer that has not seen their titles since. */
async function linked() {
  const { occi } = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const run = async (words: string) => {
    const result = await occi(words)
    expect([words, result.status, result.err]).toEqual([words, 0, ''])
    return result.out
  }
  await run('storage create data --size 1 --wait')
  await run('compute create web --os debian-12 --size small --network public --storage data --wait')
  await run('cache clear')
  const targets = async (words: string) => {
    const [record] = [JSON.parse(await run(`${words} -o json`))].flat()
    return record.links.map(({ target }: { target: { name: string } }) => target.name).sort()
  }
  return { run, targets }
}

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)

describe('the target of a link', () => {
  it('the target of a link is named by its id when nothing else is known, without a further request', async () => {
    const { targets } = await linked()
    expect(await targets('compute describe web')).not.toContain('data')
  })

  it.each(['compute describe web', 'compute list', 'compute update web --title web', 'compute wait web'])(
    'the target of a link is named by its title once it has been listed: %s',
    async (words) => {
      const { run, targets } = await linked()
      await run('storage list')
      await run('network list')
      expect(await targets(words)).toEqual(['data', 'public'])
    },
  )

  it('the target of a link keeps its URL in JSON, and its id when the cache is not used', async () => {
    const { run, targets } = await linked()
    await run('storage list')
    const [{ target }] = JSON.parse(await run('compute describe web -o json')).links.filter(
      ({ kindTerm }: { kindTerm: string }) => kindTerm === 'storagelink',
    )
    expect(target).toEqual({
      name: 'data',
      url: expect.stringMatching(/\/storage\/[0-9a-f-]{36}$/),
      kindTerm: 'storage',
    })
    expect(await targets('compute describe web --no-cache')).toContainEqual(uuid)
    expect(await run('compute describe web -o text/plain')).not.toContain('"data"')
  })

  it('a new link names what it connects, as the list of links does', async () => {
    const { run } = await linked()
    await run('storage create more --size 1 --wait')
    const made = JSON.parse(await run('compute link web more -o json'))
    expect(made).toMatchObject({ source: { name: 'web' }, target: { name: 'more' } })
  })

  it('a list of links names the targets by title, too', async () => {
    const { run } = await linked()
    await run('storage list')
    await run('compute list')
    const links = JSON.parse(await run('link list -o json'))
    expect(links).toContainEqual(
      expect.objectContaining({
        source: expect.objectContaining({ name: 'web' }),
        target: expect.objectContaining({ name: 'data' }),
      }),
    )
  })
})
