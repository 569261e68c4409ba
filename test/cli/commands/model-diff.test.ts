import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NamedOffer, proposeAliases } from '../../../src/cli/records/alias-proposals.js'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { machine } from '../support/harness.js'

const offered = (...names: readonly string[]): NamedOffer => ({ name: names[0] ?? '', names })

describe('aliases are proposed', () => {
  it.each([
    ['ubuntu-24.04', ['uuid_ubuntu_2404', 'uuid_debian_12'], 'uuid_ubuntu_2404'],
    ['ubuntu-24.04', ['Image for EGI Ubuntu 24.04 [Ubuntu/24.04/KVM]', 'Ubuntu 22.04 LTS'], 'Image for EGI'],
    ['debian-12', ['Debian 12'], 'Debian 12'],
    ['small', ['mem_small', 'mem_large'], 'mem_small'],
    ['public', ['PUBLIC', 'private'], 'PUBLIC'],
    // Already known there, of another version, of two, or of nothing in common.
    ['debian-12', ['debian-12', 'Debian 12'], undefined],
    ['debian-1', ['debian-12'], undefined],
    ['debian-12', ['debian-12.5'], undefined],
    ['ubuntu', ['ubuntu-22.04', 'ubuntu-24.04'], undefined],
    ['network', ['the net', 'other'], undefined],
    ['', ['x'], undefined],
  ])('the alias proposed for %j among %j is %j', (name, others, target) => {
    const found = proposeAliases(
      'os',
      [offered(name)],
      others.map((other) => offered(other)),
    )
    if (target === undefined) expect(found).toEqual([])
    else expect(found).toMatchObject([{ alias: name, target: expect.stringContaining(target) }])
  })

  it('an alias for a size is proposed by cores and memory, and never for a size with others', () => {
    const size = (name: string, measure: string | undefined): NamedOffer => ({
      name,
      names: [name],
      capacity: measure,
    })
    const after = [size('large', '4 cores, 8'), size('2', '1 cores, 2'), size('unknown_tiny', undefined)]
    const propose = (one: NamedOffer) => proposeAliases('size', [one], after)[0]?.target
    expect(propose(size('mem-large', '4 cores, 32'))).toBeUndefined()
    expect(propose(size('small', '1 cores, 2'))).toBe('2')
    expect(propose(size('tiny', '1 cores, 0.5'))).toBe('unknown_tiny')
  })
})

describe('model diff of two contexts', () => {
  const at = machine()
  let other: SandboxServer
  beforeAll(async () => {
    const { sandbox, basePath } = openSandbox({ as: 'ooi', clock: Date.now })
    other = await serveSandbox(sandbox, { port: 0, basePath })
    await at.occi('context add practice --endpoint sandbox:')
    await at.occi(`context add egi --endpoint ${other.endpoint} --auth none`)
  })
  afterAll(() => other.close())

  it('model diff prints the commands for useful aliases until they are set', async () => {
    const commands = async () => {
      const { out } = await at.occi([
        ...['model', 'diff', 'practice', 'egi', '-o', 'value'],
        ...['--query', '[?alias].alias.command'],
      ])
      return out.trim().split('\n')
    }
    const proposed = await commands()
    expect(proposed).toContain('occi context alias egi os debian-12 9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f02')
    expect(proposed).toContain('occi context alias egi network public ext-net')
    for (const command of proposed) expect((await at.occi(command.replace(/^occi /, ''))).status).toBe(0)
    expect(await commands()).toEqual([''])
    const create = 'compute create web --os debian-12 --size small -o name'
    for (const site of ['practice', 'egi']) {
      expect(await at.occi(`${create} --context ${site}`)).toMatchObject({ status: 0 })
    }
  })

  it('model diff lists by name the networks that one provider lacks', async () => {
    const { out } = await at.occi([
      ...['model', 'diff', 'practice', 'egi', '-o', 'json'],
      ...['--query', "[?class=='network'].[change,name]"],
    ])
    expect(JSON.parse(out)).toEqual([
      ['removed', 'public'],
      ['added', 'ext-net'],
    ])
  })

  it('model diff treats a provider without networks as one that lacks them', async () => {
    const { sandbox } = openSandbox({ as: 'snf-occi', clock: Date.now })
    const server = await serveSandbox(sandbox, { port: 0 })
    await at.occi(`context add snf --endpoint ${server.endpoint} --auth none`)
    const { status, out } = await at.occi('model diff snf practice -o json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ change: 'added', name: 'public' }))
    await server.close()
  })
})
