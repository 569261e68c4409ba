/** What a provider says must stay text in each format. */
import { describe, expect, it } from 'vitest'
import { dotFormat } from '../../../../src/cli/commands/graph/dot.js'
import { type Graph, graphOf, graphRecord } from '../../../../src/cli/commands/graph/graph.js'
import { mermaidFormat } from '../../../../src/cli/commands/graph/mermaid.js'
import { svgFormat } from '../../../../src/cli/commands/graph/svg.js'
import { treeFormat } from '../../../../src/cli/commands/graph/tree.js'
import { type OutputFormat, printOutput } from '../../../../src/cli/output/index.js'
import { locationKey } from '../../../../src/client/index.js'
import type { Link, Resource, TypeId } from '../../../../src/model/index.js'
import { memoryStreams } from '../../memory-streams.js'

const hostile = [
  'x"]; end; click c0n0 "javascript:alert(1)"',
  '"; x [URL="http://evil"]; "',
  '\\"];x->y;["',
  'a\nb\r\n}\n  subgraph z',
  '\u001b[31mred\u001b]0;title\u0007',
  '</text><script>alert(1)</script>&lt;&#60;',
  ']]><![CDATA[x',
  '--><script>alert(1)</script><!--',
  '#quot;#35;&quot;',
  '`**bold** _x_ 1. - list`',
  '%%{init: {"securityLevel":"loose"}}%%',
  '\\N\\G\\l',
  '\u202eright to left',
  'style a:#;fill:#fff;',
  '',
]

function node(name: string, key: string): Graph['nodes'][number] {
  return { key, name, kind: name, state: name, ips: [name], url: key }
}

function graphWith(name: string): Graph {
  const edge = { source: 'a', target: 'b', kind: name, state: name, ips: [name], device: name, url: null }
  return { nodes: [node(name, 'a'), node(name, 'b')], edges: [edge] }
}

async function print(format: OutputFormat, graph: Graph, context: string): Promise<string> {
  const streams = memoryStreams({ terminal: false })
  const record = { data: { context, ...graphRecord(graph).data } }
  const output = { shape: 'list', records: [record], columns: [], formats: [format] } as const
  await printOutput(output, { format: format.name }, streams)
  return streams.text()
}

const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

describe.each(hostile)('the name %j', (name) => {
  it('a hostile name adds no line to a tree and moves no cursor', async () => {
    const text = await print(treeFormat, graphWith(name), name)
    expect(text.trimEnd().split('\n')).toHaveLength(3)
    expect(text).not.toMatch(control)
  })

  it('a hostile name adds no statement to mermaid', async () => {
    const lines = (await print(mermaidFormat, graphWith(name), name)).trimEnd().split('\n')
    const label = '(?:[\\p{L}\\p{N}\\p{M} .,/()@_·-]|#\\d+;|<br/>)*'
    const wanted = [
      'flowchart LR',
      `  subgraph c0\\["${label}"\\]`,
      `    c0n0\\["${label}"\\]`,
      `    c0n1\\["${label}"\\]`,
      '  end',
      `  c0n0 -->(?:\\|"${label}"\\|)? c0n1`,
    ]
    expect(lines).toHaveLength(wanted.length)
    for (const [at, pattern] of wanted.entries()) expect(lines[at]).toMatch(new RegExp(`^${pattern}$`, 'u'))
  })

  it('a hostile name adds no statement to dot', async () => {
    const text = await print(dotFormat, graphWith(name), name)
    expect(text).not.toMatch(control)
    const quiet = text
      .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
      .split('\n')
      .slice(4)
    expect(quiet).toEqual([
      '  subgraph cluster_0 {',
      '    label=""',
      '    c0n0 [label="", class=""]',
      '    c0n1 [label="", class=""]',
      '    c0n0 -> c0n1 [label=""]',
      '  }',
      '}',
      '',
    ])
  })

  it('a hostile name adds no element to svg and stays the text of one', async () => {
    const text = await print(svgFormat, graphWith(name), name)
    expect(text).not.toMatch(control)
    const elements = new Set([...text.matchAll(/<\/?([^\s/>]*)/g)].map(([, element]) => element))
    const known = ['svg', 'title', 'style', 'g', 'polygon', 'path', 'text']
    expect([...elements].filter((element) => !known.includes(element ?? ''))).toEqual([])
    expect(text.match(/<!|\bon\w+=|href|<\?/)).toBeNull()
  })
})

describe('graphOf', () => {
  const resource = (path: string, links: readonly Link[] = []): Resource => ({
    type: 'resource',
    kind: 'http://schemas.ogf.org/occi/infrastructure#compute' as TypeId,
    mixins: [],
    attributes: new Map(),
    actions: [],
    location: `http://h/${path}`,
    links,
  })
  const link = (more: Partial<Link>): Link => ({
    type: 'link',
    kind: 'http://schemas.ogf.org/occi/infrastructure#networkinterface' as TypeId,
    mixins: [],
    attributes: new Map(),
    actions: [],
    ...more,
  })
  const place = (path: string) => ({ location: `http://h/${path}` })
  const same = (url: string) => url.toLowerCase()

  it('graphOf has one edge for a link that both of its ends show', () => {
    const both = link({ ...place('l'), source: place('a'), target: place('b') })
    const { edges } = graphOf([resource('a', [both]), resource('b', [both])], [both], same)
    expect(edges.map(({ source, target }) => [source, target])).toEqual([['http://h/a', 'http://h/b']])
  })

  it('graphOf has an edge for each link without a location that differs in its kind or id', () => {
    const between = { source: place('a'), target: place('b') }
    const other = 'http://schemas.ogf.org/occi/infrastructure#storagelink' as TypeId
    const links = [
      link(between),
      link(between),
      link({ ...between, kind: other }),
      link({ ...between, id: '1' }),
      link({ ...between, id: '2' }),
    ]
    const { edges } = graphOf([resource('a'), resource('b')], links, locationKey)
    expect(edges.map(({ kind }) => kind)).toEqual([
      'networkinterface',
      'storagelink',
      'networkinterface',
      'networkinterface',
    ])
  })

  it('graphOf has a node for a target that was not listed, and an edge for a link that no resource shows', () => {
    const hidden = link({ ...place('l'), source: place('A'), target: place('elsewhere') })
    const { nodes, edges } = graphOf([resource('a')], [hidden], same)
    expect(nodes.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'compute'],
      ['elsewhere', 'resource'],
    ])
    expect(edges.map(({ source }) => source)).toEqual(['http://h/a'])
  })
})

describe('a tree', () => {
  it('a tree ends where resources link to each other in a circle', async () => {
    const edge = { kind: 'link', state: null, ips: [], device: null, url: null }
    const plain = (key: string) => ({ key, name: key, kind: 'compute', state: null, ips: [], url: null })
    const edges = ['ab', 'bc', 'ca'].map(([source = '', target = '']) => ({ ...edge, source, target }))
    expect(await print(treeFormat, { nodes: ['a', 'b', 'c'].map(plain), edges }, 'here')).toBe(
      'here\n  compute a\n  └─ compute b\n     └─ compute c\n        └─ compute a  (see above)\n',
    )
  })
})

describe('the layout of svg', () => {
  it('the svg has colours for light and dark backgrounds', async () => {
    const text = await print(svgFormat, graphWith('web'), 'here')
    expect(text).toContain('@media (prefers-color-scheme: dark)')
    expect(text).not.toContain('<!--')
  })
})
