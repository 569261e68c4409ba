/** Printing: the grammar's order and spelling, and what must be refused. */
import { describe, expect, it } from 'vitest'
import type {
  AttributeDefinition,
  AttributeValue,
  Category,
  Resource,
  TypeId,
} from '../../src/model/index.js'
import { ParseError, type Printable, type RenderingName, renderings } from '../../src/rendering/index.js'
import { compute, id, infrastructure } from './build.js'

const vm: Resource = {
  type: 'resource',
  kind: compute,
  mixins: [id('http://cloud.example.org/tpl/size#small')],
  id: 'urn:uuid:7c1d',
  title: 'web, front "A"',
  summary: 'first',
  location: '/compute/c1',
  attributes: new Map<string, AttributeValue>([
    ['occi.compute.cores', 2],
    ['occi.compute.memory', 4],
    ['occi.compute.state', 'active'],
    ['org.example.flag', true],
    ['org.example.list', ['a', { b: 1 }]],
  ]),
  actions: [{ id: id('http://schemas.ogf.org/occi/infrastructure/compute/action#stop') }],
  links: [
    {
      type: 'link',
      kind: id(`${infrastructure}networkinterface`),
      mixins: [],
      id: 'l1',
      location: '/networkinterface/l1',
      source: { location: '/compute/c1' },
      target: { location: '/network/n1', kind: id(`${infrastructure}network`) },
      attributes: new Map([['occi.networkinterface.interface', 'eth0']]),
      actions: [],
    },
  ],
}

const describeMemory = (wanted: TypeId): Category | undefined =>
  wanted === compute
    ? {
        class: 'kind',
        scheme: infrastructure,
        term: 'compute',
        id: compute,
        actions: [],
        attributes: new Map([
          [
            'occi.compute.memory',
            { name: 'occi.compute.memory', type: 'number', mutable: true, required: false },
          ],
        ]),
      }
    : undefined

describe('text/plain', () => {
  it('text/plain prints an entity in the order of the grammar (E13)', () => {
    const { body, headers } = renderings['text/plain'].print(
      { what: 'entity', entity: vm },
      { describe: describeMemory },
    )
    expect(headers).toEqual([])
    expect(body.split('\r\n')).toEqual([
      `Category: compute; scheme="${infrastructure}"; class="kind"`,
      'Category: small; scheme="http://cloud.example.org/tpl/size#"; class="mixin"',
      `Link: </network/n1>; rel="${infrastructure}network"; self="/networkinterface/l1"; category="${infrastructure}networkinterface"; occi.core.id="l1"; occi.core.source="/compute/c1"; occi.networkinterface.interface="eth0"`,
      'Link: </compute/c1?action=stop>; rel="http://schemas.ogf.org/occi/infrastructure/compute/action#stop"',
      'X-OCCI-Attribute: occi.core.id="urn:uuid:7c1d"',
      'X-OCCI-Attribute: occi.core.title="web, front \\"A\\""',
      'X-OCCI-Attribute: occi.core.summary="first"',
      'X-OCCI-Attribute: occi.compute.cores=2',
      'X-OCCI-Attribute: occi.compute.memory=4',
      'X-OCCI-Attribute: occi.compute.state="active"',
      'X-OCCI-Attribute: org.example.flag=true',
      'X-OCCI-Attribute: org.example.list="[\\"a\\",{\\"b\\":1}]"',
      '',
    ])
  })

  it('text/plain prints a definition with its parameters in order', () => {
    const category: Category = {
      class: 'mixin',
      scheme: 'http://x/#',
      term: 'm',
      id: id('http://x/#m'),
      title: 'M',
      depends: [id(`${infrastructure}os_tpl`)],
      applies: [],
      actions: [id('http://x/action#a')],
      location: '/m/',
      attributes: new Map([
        ['a', { name: 'a', mutable: false, required: true }],
        ['b', { name: 'b', mutable: true, required: false }],
      ]),
    }
    expect(renderings['text/plain'].print({ what: 'model', categories: [category] }).body).toBe(
      `Category: m; scheme="http://x/#"; class="mixin"; title="M"; rel="${infrastructure}os_tpl"; location="/m/"; attributes="a{immutable required} b"; actions="http://x/action#a"\r\n`,
    )
  })

  it('text/plain keeps the lexeme of a number, but not that of another number', () => {
    const print = (value: number) =>
      renderings['text/plain'].print({
        what: 'entity',
        entity: { ...vm, links: [], attributes: new Map([['n', value]]), lexemes: new Map([['n', '2.50']]) },
      }).body
    expect(print(2.5)).toContain('n=2.50\r\n')
    expect(print(3)).toContain('n=3\r\n')
    expect(print(1e21)).toContain('n=1000000000000000000000\r\n')
    expect(print(1e-7)).toContain('n=0.0000001\r\n')
  })
})

describe('a whole number', () => {
  const written = (definition: Partial<AttributeDefinition>) => {
    const kind: Category = {
      class: 'kind',
      scheme: infrastructure,
      term: 'compute',
      id: compute,
      actions: [],
      attributes: new Map([['n', { name: 'n', mutable: true, required: false, ...definition }]]),
    }
    const what: Printable = {
      what: 'entity',
      entity: { ...vm, links: [], attributes: new Map([['n', 2]]) },
    }
    const describe = (wanted: TypeId) => (wanted === compute ? kind : undefined)
    const text = renderings['text/plain'].print(what, { describe }).body
    const json = renderings.json.print(what, { describe }).body
    return [/\bn=([\d.]+)/.exec(text)?.[1], /"n":([\d.]+)/.exec(json)?.[1]]
  }

  it('a whole number is printed without a fraction, whatever schema its definition has', () => {
    expect(written({ type: 'number' })).toEqual(['2', '2'])
    for (const type of ['number', 'integer']) {
      const pattern = { form: 'schema' as const, schema: { type } }
      expect(written({ type: 'number', pattern })).toEqual(['2', '2'])
    }
  })

  it('a whole number is printed with a fraction when the definition has the type float', () => {
    expect(written({ type: 'number', float: true })).toEqual(['2.0', '2.0'])
  })
})

describe('text/occi', () => {
  const what: Printable = { what: 'locations', locations: ['/c/1', '/c/2'] }

  it('text/occi repeats headers, or joins them', () => {
    expect(renderings['text/occi'].print(what)).toEqual({
      headers: [
        ['X-OCCI-Location', '/c/1'],
        ['X-OCCI-Location', '/c/2'],
      ],
      body: '',
    })
    expect(renderings['text/occi'].print(what, { lists: 'joined' }).headers).toEqual([
      ['X-OCCI-Location', '/c/1, /c/2'],
    ])
  })

  it('text/occi answers with the body OK', () => {
    expect(renderings['text/occi'].print(what, { direction: 'response' }).body).toBe('OK')
  })
})

describe('json', () => {
  it('json prints members, flat attributes and lexemes', () => {
    const { body } = renderings.json.print({
      what: 'entity',
      entity: { ...vm, lexemes: new Map([['occi.compute.memory', '4.0']]) },
    })
    expect(body).toContain('"occi.compute.memory":4.0')
    expect(JSON.parse(body)).toMatchObject({
      kind: compute,
      id: 'urn:uuid:7c1d',
      title: 'web, front "A"',
      summary: 'first',
      attributes: { 'occi.compute.cores': 2, 'org.example.list': ['a', { b: 1 }] },
      actions: ['http://schemas.ogf.org/occi/infrastructure/compute/action#stop'],
      links: [{ target: { location: '/network/n1', kind: `${infrastructure}network` } }],
    })
  })

  it('json prints an empty collection as one', () => {
    expect(renderings.json.print({ what: 'collection', entities: [] }).body).toBe('{"resources":[]}')
  })

  it('json prints the form of rOCCI: wrapped, nested, link ends as strings', () => {
    const { body } = renderings['json-1.1'].print({ what: 'entity', entity: vm })
    expect(JSON.parse(body)).toMatchObject({
      resources: [
        {
          kind: compute,
          id: 'urn:uuid:7c1d',
          attributes: {
            occi: {
              core: { id: 'urn:uuid:7c1d', title: 'web, front "A"', summary: 'first' },
              compute: { cores: 2 },
            },
          },
          links: [{ source: '/compute/c1', target: '/network/n1', rel: `${infrastructure}network` }],
        },
      ],
    })
  })

  it.each([
    [['occi.compute.state', 'occi.compute.state.message']],
    [['occi.compute.state.message', 'occi.compute.state']],
  ])('json refuses to nest %j (vector J08)', (names) => {
    const attributes = new Map(names.map((name) => [name, 'x'] as const))
    expect(() => renderings['json-1.1'].print({ what: 'update', mixins: [], attributes })).toThrow(
      expect.objectContaining({ parseCode: 'E_CONFLICT' }),
    )
  })
})

describe('refusals', () => {
  const all: RenderingName[] = ['text/plain', 'text/occi']
  const printing = (name: RenderingName, entity: Resource) => () =>
    renderings[name].print({ what: 'entity', entity })

  it.each(all)('%s printing writes no control characters anywhere', (name) => {
    const bad = 'x\r\nX-Injected: 1'
    const bare = { ...vm, links: [], actions: [] }
    for (const entity of [
      { ...bare, title: bad },
      { ...bare, summary: 'a\u0000b' },
      { ...bare, id: bad },
      { ...bare, kind: id(`${infrastructure}a\nb`) },
      { ...bare, kind: id(`http://x\n/#a`) },
      { ...bare, mixins: [id(`http://x/#a\rb`)] },
      { ...bare, attributes: new Map([['a', bad]]) },
      { ...bare, actions: [{ id: id('http://x/#a'), href: bad }] },
      { ...bare, links: vm.links.map((link) => ({ ...link, target: { location: bad } })) },
    ]) {
      expect(printing(name, entity)).toThrow(expect.objectContaining({ parseCode: 'E_RENDER' }))
    }
  })

  it.each([...all, 'json', 'json-1.1'] as const)('%s printing refuses invalid attribute names', (name) => {
    for (const bad of ['', '__proto__', 'a b', 'a\nb', 'a:b', 'a="x"; b', 'x'.repeat(300)]) {
      expect(printing(name, { ...vm, attributes: new Map([[bad, 1]]) })).toThrow(
        expect.objectContaining({ parseCode: 'E_ATTR_NAME' }),
      )
    }
  })

  it('printing refuses infinite numbers', () => {
    for (const name of [...all, 'json', 'json-1.1'] as const) {
      expect(
        printing(name, { ...vm, links: [], attributes: new Map([['a', Number.POSITIVE_INFINITY]]) }),
      ).toThrow(ParseError)
    }
  })

  it('text/uri-list printing refuses everything but locations', () => {
    expect(() => renderings['text/uri-list'].print({ what: 'entity', entity: vm })).toThrow(/listings/)
    expect(renderings['text/uri-list'].print({ what: 'collection', entities: [vm] }).body).toBe(
      '/compute/c1\r\n',
    )
  })
})
