import { describe, expect, it } from 'vitest'
import { derivedId } from '../../src/client/names.js'
import { INFRASTRUCTURE_SCHEME, typeId } from '../../src/model/index.js'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

describe.each(['erocci', 'martserver'])('--if-not-exists at %s, which accepts an id of the client', (as) => {
  it("--if-not-exists with a client's id creates one of several at the same time, and leaves a renamed entity alone", async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const served = await serveSandbox(sandbox, { basePath })
    const run = (words: string) => machine().occi(`${words} --endpoint ${served.endpoint}`)
    const create = () => run('storage create data --size 1 --if-not-exists -o name')
    await run('storage list')
    const made = await Promise.all([create(), create(), create()])
    expect(made.map(({ status, err }) => [status, err])).toEqual(made.map(() => [0, expect.any(String)]))
    const names = async () =>
      (JSON.parse((await run('storage list -o json')).out) as { title: string }[]).map(({ title }) => title)
    expect(await names()).toEqual(['data'])
    const out = made[0]?.out ?? ''
    expect((await run(`storage update ${out.trim()} --title old`)).status).toBe(0)
    expect((await create()).status).toBe(0)
    // MartServer keeps no new title, so that the first one is still called so.
    expect((await names()).sort()).toEqual(as === 'martserver' ? ['data'] : ['data', 'old'])
    await served.close()
  }, 30_000)
})

it('the id of --if-not-exists is a UUID of version 5 that depends on endpoint, kind and name', async () => {
  const kind = typeId(INFRASTRUCTURE_SCHEME, 'compute')
  const all = await Promise.all([
    derivedId('http://a.test/', kind, 'web'),
    derivedId('http://b.test/', kind, 'web'),
    derivedId('http://a.test/', typeId(INFRASTRUCTURE_SCHEME, 'storage'), 'web'),
    derivedId('http://a.test/', kind, 'db'),
  ])
  expect(new Set(all).size).toBe(4)
  for (const id of all)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  // As Python's uuid.uuid5(uuid.NAMESPACE_URL, …) makes it.
  expect(all[0]).toBe('d331d4cb-e6f0-53c1-96c5-ed9c3843b32a')
})
