import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { personaNames } from '../../../../src/sandbox/personas/index.js'
import { cloud } from '../../../client/cloud.js'
import { practiceCloud } from '../../../support/sites.js'
import { machine } from '../../support/harness.js'

/** Two machines at a network, one of them with a volume, and a volume that nothing uses. */
async function place() {
  const at = cloud()
  const here = machine({ client: at.client })
  const run = async (words: string) => {
    const { status, out, err } = await here.occi(words)
    expect({ words, status, err }).toEqual({ words, status: 0, err: '' })
    return out
  }
  await run('storage create data --size 10 -q')
  await run('storage create spare --size 2 -q')
  for (const name of ['web', 'db'])
    await run(`compute create ${name} --os debian-12 --size small --network private --wait -q`)
  await run('compute link web data --mountpoint /dev/vdb -q')
  await run('compute stop db --wait -q')
  at.seen.length = 0
  return { ...at, ...here, run }
}

describe('occi graph', () => {
  it('occi graph prints a tree with linked resources below their machine, then the other resources', async () => {
    const { run } = await place()
    const address = /198\.18\.\d+\.\d+/g
    expect((await run('graph')).replaceAll(address, 'IP')).toBe(
      [
        'compute web  active  IP',
        '├─ network private  active  (IP)',
        '└─ storage data  online  (/dev/vdb)',
        'compute db  inactive  IP',
        '└─ network private  active  (IP, inactive)',
        'network public  active',
        'storage spare  online',
        '',
      ].join('\n'),
    )
  })

  it('occi graph sends one request for each kind', async () => {
    const { run, seen } = await place()
    await run('graph')
    expect(seen.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /compute/',
      'GET /network/',
      'GET /networkinterface/',
      'GET /storage/',
      'GET /storagelink/',
    ])
  })

  it('occi graph with names shows the named resources and those linked with them', async () => {
    const { run, occi } = await place()
    const names = async (words: string) =>
      JSON.parse(await run(`graph ${words} -o json --query nodes[].name`)) as string[]
    expect((await names('data')).sort()).toEqual(['data', 'web'])
    expect((await names('private')).sort()).toEqual(['db', 'private', 'web'])
    expect((await names('spare /network/public')).sort()).toEqual(['public', 'spare'])
    const missing = await occi('graph daat')
    expect([missing.status, missing.err]).toEqual([
      6,
      expect.stringContaining('There is nothing named "daat"'),
    ])
  })

  it('occi graph prints nodes and edges as JSON, with the names and states that list prints', async () => {
    const { run } = await place()
    const graph = JSON.parse(await run('graph -o json')) as {
      nodes: { key: string; name: string; state: string; kind: string }[]
      edges: { source: string; target: string; kind: string; device: string | null }[]
    }
    const listed = (
      await Promise.all(['compute', 'network', 'storage'].map((kind) => run(`${kind} list -o json`)))
    ).flatMap((text) => JSON.parse(text) as { name: string; state: string; kindTerm: string }[])
    expect(graph.nodes.map(({ name, state, kind }) => [name, state, kind])).toEqual(
      listed.map(({ name, state, kindTerm }) => [name, state, kindTerm]),
    )
    const name = (key: string) => graph.nodes.find((node) => node.key === key)?.name
    expect(graph.edges.map(({ source, target, kind }) => [name(source), kind, name(target)])).toEqual([
      ['web', 'networkinterface', 'private'],
      ['web', 'storagelink', 'data'],
      ['db', 'networkinterface', 'private'],
    ])
    expect(graph.edges.map(({ device }) => device)).toContain('/dev/vdb')
  })

  it('the formats of occi graph are listed in its errors and unknown to other commands', async () => {
    const { occi } = await place()
    for (const name of ['csv', 'tre']) {
      const { status, out, err } = await occi(`graph -o ${name}`)
      expect([status, out]).toEqual([2, ''])
      expect(err).toContain(`Unknown output format "${name}"`)
      expect(err).toMatch(name === 'csv' ? /Formats: tree, mermaid, dot, svg, json, jsonl, yaml\./ : /tree/)
    }
    expect((await occi('compute list -o mermaid')).status).toBe(2)
    expect((await occi('graph', { env: { OCCI_OUTPUT: 'wide' } })).out).toContain('├─ network private')
    expect((await occi('graph -o svg --query nodes')).err).toContain('--query cannot be used with -o svg')
  })

  it('occi graph prints a note when there are no resources', async () => {
    const { client } = cloud()
    const here = machine({ client })
    await here.occi('network delete public private --yes -q')
    const { status, out, err } = await here.occi('graph', { terminal: true })
    expect([status, out]).toEqual([0, ''])
    expect(err).toContain('There are no machines, networks or volumes.')
  })
})

describe('at each server', () => {
  it.each(personaNames())('occi graph at %s shows the machine that was created', async (as) => {
    const { client } = cloud({ as })
    const { occi } = machine({ client })
    const [os = '', size = ''] = await Promise.all(
      ['os_tpl', 'resource_tpl'].map(
        async (of) => (await occi(`mixin list --of ${of} -o id`)).out.split('\n')[0],
      ),
    )
    const made = await occi(['compute', 'create', 'web', '--os', os, '--size', size, '-o', 'name'])
    const { status, out, err } = await occi('graph -o json')
    expect([made.status, made.err, status, err]).toEqual([0, expect.any(String), 0, ''])
    const { nodes } = JSON.parse(out) as { nodes: { name: string; kind: string }[] }
    const { out: names } = await occi('compute list -o json --query [].name')
    expect(nodes.filter(({ kind }) => kind === 'compute').map(({ name }) => name)).toEqual(JSON.parse(names))
    expect(nodes.some(({ kind }) => kind === 'compute')).toBe(true)
  })
})

describe('at several contexts', () => {
  it('occi graph draws a frame for each context, in the order in which they are named', async () => {
    const here = machine()
    for (const [name, as] of [
      ['one', 'reference'],
      ['two', 'ooi'],
    ] as const) {
      const { endpoint, close } = await practiceCloud(as === 'reference' ? {} : { as })
      onTestFinished(close)
      expect((await here.occi(['context', 'add', name, '--endpoint', endpoint])).status).toBe(0)
    }
    const graph = async (format: string) => {
      const { status, out, err } = await here.occi(`graph --context two,one -o ${format}`)
      expect([status, err]).toEqual([0, ''])
      return out
    }
    const preview = await here.occi('graph --context one -o mermaid --dry-run')
    expect([preview.status, preview.out]).toEqual([0, expect.stringContaining('GET /compute/ HTTP/1.1')])
    expect((await graph('tree')).match(/^\w+$/gm)).toEqual(['two', 'one'])
    expect((await graph('mermaid')).match(/subgraph .*/g)).toEqual([
      'subgraph c0["two"]',
      'subgraph c1["one"]',
    ])
    expect((await graph('dot')).match(/label="(two|one)"/g)).toEqual(['label="two"', 'label="one"'])
    expect((await graph('svg')).match(/class="cluster"/g)).toHaveLength(2)
    const json = JSON.parse(await graph('json')) as { context: string; nodes: unknown[] }[]
    expect(json.map(({ context }) => context)).toEqual(['two', 'one'])
  })
})

describe('--stack', () => {
  const shop = `
name: shop
resources:
  private: { kind: network, existing: true }
  data: { kind: storage, size: 20 }
  web:
    kind: compute
    count: 2
    os: debian-12
    size: small
    networks: [private]
    storage: [{ name: data, mountpoint: /dev/vdb, on: 1 }]
  console: { kind: link, source: "web[1]", target: data }
`

  it('occi graph --stack shows the resources of the file and which of them exist', async () => {
    const { client } = cloud()
    const { occi, folder } = machine({ client })
    writeFileSync(join(folder, 'shop.yaml'), shop)
    const graph = async () =>
      (await occi('graph --stack shop.yaml')).out.replaceAll(/198\.18\.\d+\.\d+/g, 'IP')
    expect(await graph()).toBe(
      [
        'compute web-1  missing',
        '├─ network private  active  (missing)',
        '└─ storage data  missing  (missing)',
        'compute web-2  missing',
        '├─ network private  active  (missing)',
        '└─ storage data  missing  (missing)',
        '',
      ].join('\n'),
    )
    expect((await occi('stack apply -f shop.yaml --yes')).status).toBe(0)
    await occi('storage create other --size 1')
    expect(await graph()).toBe(
      [
        'compute web-1  active  IP',
        '├─ network private  active  (IP)',
        '└─ storage data  online  (/dev/vdb)',
        'compute web-2  active  IP',
        '├─ network private  active  (IP)',
        '└─ storage data  online  (/dev/vdb)',
        '',
      ].join('\n'),
    )
    const { nodes } = JSON.parse((await occi('graph --stack shop.yaml -o json')).out) as {
      nodes: { key: string }[]
    }
    expect(nodes.map(({ key }) => key)).toEqual(['private', 'data', 'web[0]', 'web[1]'])
  })

  it('occi graph --stack needs the file and refuses names beside it', async () => {
    const { occi } = machine({ client: cloud().client })
    const absent = await occi('graph --stack absent.yaml')
    expect([absent.status, absent.err]).toEqual([
      2,
      expect.stringContaining('--stack: absent.yaml cannot be read'),
    ])
    const both = await occi('graph web --stack absent.yaml')
    expect([both.status, both.err]).toEqual([2, expect.stringContaining('--stack and names')])
  })
})
