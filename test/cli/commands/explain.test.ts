import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { machine } from '../support/harness.js'

const at = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
const json = async (words: string) => JSON.parse((await at.occi(`${words} -o json`)).out)

describe('explain', () => {
  it('explain shows a kind with its inherited attributes, those that mixins add, and its actions', async () => {
    const compute = await json('explain compute')
    expect(compute.attributes['occi.core.title']).toBeDefined()
    expect(compute.attributes['occi.compute.cores']).toMatchObject({ type: 'number', mutable: true })
    expect(compute.ancestors).toContain('http://schemas.ogf.org/occi/core#resource')
    expect(compute.mixins.map(({ term }: { term: string }) => term)).toEqual(
      expect.arrayContaining(['ssh_key', 'user_data']),
    )
    const stop = compute.actions.find(({ term }: { term: string }) => term === 'stop')
    expect(Object.keys(stop.parameters)).toEqual(['method'])
  })

  it.each(['compute.memory', 'compute.occi.compute.memory', 'occi.compute.memory'])(
    'explain finds the attribute by %s',
    async (word) => {
      expect(await json(`explain ${word}`)).toMatchObject({ name: 'occi.compute.memory', type: 'number' })
    },
  )

  it('explain names the mixin that adds an attribute', async () => {
    const { definedBy } = await json('explain compute.userdata')
    expect(definedBy).toEqual(['http://schemas.ogf.org/occi/infrastructure/compute#user_data'])
  })

  it('explain prints a readable description of a kind', async () => {
    const { out } = await at.occi('explain compute.state', { terminal: true })
    expect(out).toMatch(/CAN BE SET +no/)
    expect((await at.occi('explain stop', { terminal: true })).out).toContain('method')
  })

  it.each([
    ['explain compute.memroy', 'Did you mean "memory"'],
    ['explain comptue', 'compute'],
  ])('occi explain %s suggests the nearest name', async (words, said) => {
    const { status, err } = await at.occi(words)
    expect(status).toBe(6)
    expect(err).toContain(said)
  })
})

describe('model diff', () => {
  it('model diff of a provider with itself is empty', async () => {
    expect(await json('model diff sandbox: sandbox:')).toEqual([])
  })

  it('model diff lists what was added, removed and changed between contexts or endpoints', async () => {
    const { sandbox, basePath } = openSandbox({ as: 'occi-os', clock: Date.now })
    const server = await serveSandbox(sandbox, { port: 0, basePath })
    try {
      await at.occi(`context add other --endpoint ${server.endpoint} --auth token --token demo`)
      const changes = (await json('model diff sandbox: other')) as {
        change: string
        class: string
        name: string
        details: string[]
      }[]
      const kinds = new Set(changes.map(({ change }) => change))
      expect([...kinds].sort()).toEqual(['added', 'changed', 'removed'])
      const compute = changes.find(({ name, change }) => name === 'compute' && change === 'changed')
      expect(compute?.details.length).toBeGreaterThan(0)
    } finally {
      await server.close()
    }
  })

  it('model diff names an unknown context in its error', async () => {
    expect(await at.occi('model diff sandbox: nowhere')).toMatchObject({ status: 2 })
  })
})
