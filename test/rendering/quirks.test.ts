/** How each server's rendering deviates (src/client/quirks/README.md). */
import { describe, expect, it } from 'vitest'
import { ParseError, readMessage, renderings } from '../../src/rendering/index.js'
import { body, category, codes, compute, infrastructure, json, link, occi, plain, resource } from './build.js'

const kind = `Category: compute; scheme="${infrastructure}"; class="kind"`

it('the JSON reader reads attributes beside the others, and the actions of drafts of OCCI 1.2', () => {
  const start = `${infrastructure}compute/action#start`
  const parsed = readMessage(
    body(
      JSON.stringify({
        kind: compute,
        id: '1',
        attributes: { 'occi.compute.cores': 2 },
        'occi.compute.state': 'active',
        actions: [{ title: 'Start', uri: '/compute/1?action=start', category: start }],
      }),
    ),
  )
  expect([...resource(parsed).attributes]).toEqual([
    ['occi.compute.cores', 2],
    ['occi.compute.state', 'active'],
  ])
  expect(resource(parsed).actions).toEqual([{ id: start, href: '/compute/1?action=start' }])
  expect(codes(parsed)).toEqual(['attribute-outside'])
})

describe('text, lenient', () => {
  it('the lenient text reader reads a field that begins without a line end (M5)', () => {
    const parsed = plain(
      `Category: compute;scheme="${infrastructure}";class="kind"\r\nCategory: ipnetworkinterface;scheme="http://schemas.ogf.org/occi/infrastructure/networkinterface#";class="mixin"X-OCCI-Attribute: occi.core.id="7"\r\nX-OCCI-Attribute: occi.compute.cores="0"\r\n`,
    )
    expect(resource(parsed)).toMatchObject({
      id: '7',
      mixins: ['http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface'],
    })
    expect(codes(parsed)).toEqual(['missing-line-end'])
  })

  it('the lenient text reader reads strings in single quotes, and values without any, as the ACCORDS platform writes them', () => {
    const parsed = readMessage(
      body(
        `CATEGORY: node; scheme='http://scheme.compatibleone.fr/scheme/compatible#'; class='kind';\r\nX-OCCI-ATTRIBUTE: occi.node.id='7'\r\nX-OCCI-ATTRIBUTE: occi.node.name=it's one, or two\r\nX-OCCI-ATTRIBUTE: occi.node.zone=\r\n`,
      ),
    )
    expect(resource(parsed).kind).toBe('http://scheme.compatibleone.fr/scheme/compatible#node')
    expect([...resource(parsed).attributes]).toEqual([
      ['occi.node.id', '7'],
      ['occi.node.name', "it's one, or two"],
      ['occi.node.zone', ''],
    ])
    expect(new Set(codes(parsed))).toEqual(new Set(['single-quotes', 'unquoted-string', 'empty-value']))
  })

  it('the lenient text reader reads attributes joined by semicolons', () => {
    const parsed = readMessage(
      body(
        `${kind}\nX-OCCI-Attribute: occi.compute.cores=2; occi.core.title="a; b"; occi.compute.memory=1.5`,
      ),
    )
    expect(resource(parsed).title).toBe('a; b')
    expect([...resource(parsed).attributes.values()]).toEqual([2, 1.5])
  })

  it('the lenient text reader reads a location that is followed by parameters, as of fogbow-manager', () => {
    const parsed = readMessage(
      body(
        'X-OCCI-Location: http://h/order/1; org.fogbowcloud.order.state=open; org.fogbowcloud.order.type=one-time\nX-OCCI-Location: http://h/order/2;\nLocation: http://h/order/3\n',
      ),
    )
    expect(parsed.locations).toEqual(['http://h/order/1', 'http://h/order/2', 'http://h/order/3'])
  })

  it('the lenient text reader keeps the entities of a collection in full apart', () => {
    const one = (id: string) =>
      `X-OCCI-Location: /compute/${id}\n${kind}\nX-OCCI-Attribute: occi.core.id="${id}"\nX-OCCI-Attribute: occi.compute.cores=${id}\n`
    const { entities, deviations } = readMessage(body(`${one('1')}\n${one('2')}\n${one('3')}`))
    expect(entities.map(({ id, location, attributes }) => [id, location, ...attributes.values()])).toEqual([
      ['1', '/compute/1', 1],
      ['2', '/compute/2', 2],
      ['3', '/compute/3', 3],
    ])
    expect(deviations).toEqual([])
  })

  it('the lenient text reader reads categories joined by semicolons (M3)', () => {
    const parsed = occi([
      [
        'Category',
        `compute;  scheme="${infrastructure}";  class="kind";tag1;  scheme="http://example.org/lab#";  class="mixin";`,
      ],
      ['X-OCCI-Attribute', 'occi.compute.cores=2,  occi.compute.state="inactive",'],
      ['Link', `/compute/vm1?action=start;rel="${infrastructure}action#start"`],
      ['X-OCCI-Location', 'http://127.0.0.1:8830/compute/vm1'],
    ])
    expect(resource(parsed)).toMatchObject({
      kind: compute,
      mixins: ['http://example.org/lab#tag1'],
      location: 'http://127.0.0.1:8830/compute/vm1',
      actions: [{ id: `${infrastructure}action#start`, href: '/compute/vm1?action=start' }],
    })
    expect(codes(parsed)).toEqual(['categories-run-together', 'link-without-brackets'])
  })

  it('the lenient text reader reads the query interface in a header named interface (M3)', () => {
    const parsed = occi([
      [
        'interface',
        `network;  scheme="${infrastructure}";  class="kind";  title="Network, a; Resource"; compute;  scheme="${infrastructure}";  class="kind";  title="Compute"; `,
      ],
    ])
    expect(parsed.categories.map(({ term, title }) => [term, title])).toEqual([
      ['network', 'Network, a; Resource'],
      ['compute', 'Compute'],
    ])
  })

  it.each([
    ['say "hi" = ok; x', 'pyssf Q28'],
    ['A "quoted" title, with comma', 'E9'],
    ['"all of it"', 'quoted whole'],
    ['ends with "this"', 'at the end'],
  ])('the lenient text reader keeps unescaped quotes: %s (%s)', (title) => {
    const line = plain(`${kind}\nX-OCCI-Attribute: occi.core.title="${title}"\n`)
    expect(resource(line).title).toBe(title)
    const list = occi([
      ['Category', `compute; scheme="${infrastructure}"; class="kind"`],
      ['X-OCCI-Attribute', `occi.core.id="plain1", occi.core.title="${title}", occi.compute.cores=2`],
    ])
    expect(resource(list)).toMatchObject({ id: 'plain1', title })
    expect(resource(list).attributes.get('occi.compute.cores')).toBe(2)
    expect(codes(list)).toEqual(['unescaped-quote'])
  })

  it('the lenient text reader keeps unescaped quotes in the title of a category (ooi-13)', () => {
    const parsed = plain(
      `Category: 1; scheme="http://schemas.openstack.org/template/os#"; class="mixin"; title="EGI CentOS 7 [CentOS/7/"KVM"]"; location="/os_tpl/1"\n`,
    )
    expect(category(parsed, '1')).toMatchObject({
      title: 'EGI CentOS 7 [CentOS/7/"KVM"]',
      location: '/os_tpl/1',
    })
  })

  it('the strict text reader ends a value at the first unescaped quote', () => {
    expect(() => plain(`${kind}\nX-OCCI-Attribute: occi.core.title="say "hi""\n`, { strict: true })).toThrow(
      ParseError,
    )
  })

  it('the lenient text reader swaps a link whose <> holds the link itself (Q33, ooi)', () => {
    const parsed = plain(
      `${kind}\nLink: <http://h/networklink/4201_PUBLIC>; rel="${infrastructure}network"; self="http://h/networklink/4201_PUBLIC"; occi.networkinterface.mac="aa:bb"; occi.core.target="http://h/network/PUBLIC"\nX-OCCI-Attribute: occi.core.id="1"`,
    )
    expect(link(parsed)).toMatchObject({
      kind: `${infrastructure}networkinterface`,
      location: 'http://h/networklink/4201_PUBLIC',
      target: { location: 'http://h/network/PUBLIC', kind: `${infrastructure}network` },
    })
    expect(codes(parsed)).toEqual(['link-target-swapped', 'link-without-category'])
  })

  it('the lenient text reader does not swap a link that repeats its target, relative or absolute (Q30)', () => {
    const parsed = plain(
      `${kind}\nLink: </storage/1>; rel="${infrastructure}storage"; self="/storage/link/2"; category="${infrastructure}storagelink"; occi.core.target="http://h/storage/1"\n`,
    )
    expect(link(parsed)).toMatchObject({ location: '/storage/link/2', target: { location: '/storage/1' } })
    expect(codes(parsed)).toEqual([])
  })

  it('the lenient text reader separates type identifiers that run together (E11)', () => {
    const parsed = plain(
      `category: compute; scheme="${infrastructure}"; class=kind\nlink: <http://h/network/n1>; rel="http://schemas.ogf.org/occi/core#entity"; self="http://h/nic1"; category="${infrastructure}networkinterface${infrastructure}/networkinterface#ipnetworkinterface"; occi.core.id="nic1"\n\n`,
    )
    expect(link(parsed)).toMatchObject({
      kind: `${infrastructure}networkinterface`,
      mixins: [`${infrastructure}/networkinterface#ipnetworkinterface`],
      target: { location: 'http://h/network/n1' },
      id: 'nic1',
    })
    expect(link(parsed).target?.kind).toBeUndefined()
  })

  it('the lenient text reader reads link attributes joined by blanks', () => {
    const parsed = plain(
      `${kind}\nLink: </network/1>;rel="${infrastructure}network";self="/l/1";category="${infrastructure}networkinterface" occi.networkinterface.mac="a" occi.networkinterface.state="active"\n`,
    )
    expect([...link(parsed).attributes]).toEqual([
      ['occi.networkinterface.mac', 'a'],
      ['occi.networkinterface.state', 'active'],
    ])
  })

  it('the lenient text reader keeps the float of erocci and its lexeme (E8)', () => {
    const entity = resource(
      plain(`${kind}\nx-occi-attribute: occi.compute.memory=4.50000\nx-occi-attribute: a=1.04858e+6\n`),
    )
    expect([...entity.attributes.values()]).toEqual([4.5, 1048580])
    expect([...(entity.lexemes ?? [])]).toEqual([
      ['occi.compute.memory', '4.50000'],
      ['a', '1.04858e+6'],
    ])
  })

  it('the lenient text reader reads the lists that Python prints', () => {
    const entity = resource(
      plain(`${kind}\nX-OCCI-Attribute: occi.securitygroup.rules=[{'type': 'inbound', 'port': 1}], b=2\n`),
    )
    expect(entity.attributes.get('occi.securitygroup.rules')).toBe("[{'type': 'inbound', 'port': 1}]")
    expect(entity.attributes.get('b')).toBe(2)
  })

  it('the lenient text reader keeps a comma inside a quoted title, and blanks around "=" (Q12, Q48)', () => {
    const entity = resource(
      occi([
        ['Category', `compute; scheme="${infrastructure}"; class="kind"`],
        ['X-Occi-Attribute', 'occi.core.title = "My first, VM", occi.compute.architecture="x86"'],
      ]),
    )
    expect(entity.title).toBe('My first, VM')
    expect(entity.attributes.get('occi.compute.architecture')).toBe('x86')
  })

  it('the lenient text reader reads mixins of which rel lists depends and applies', () => {
    const parsed = plain(
      `${kind}\nCategory: t; scheme="http://x/#"; class="mixin"; rel="${infrastructure}os_tpl ${compute}"\n`,
    )
    expect(category(parsed, 't')).toMatchObject({ depends: [`${infrastructure}os_tpl`], applies: [compute] })
  })

  it('the lenient text reader reports where it was tolerant', () => {
    const parsed = plain(`${kind}\n\nX-OCCI-Attribute: a=1, b=bare word\n`)
    expect(parsed.deviations).toEqual([
      {
        code: 'unquoted-string',
        message: expect.stringContaining('bare word'),
        place: { part: 'body', line: 3, column: 26 },
      },
    ])
  })

  it('the lenient text reader reports line and column of an error, also on a folded line', () => {
    const failing = () => plain(`${kind}\r\nCategory: x;\r\n  class="nothing"\r\n`)
    expect(failing).toThrow(expect.objectContaining({ parseCode: 'E_CLASS', part: 'body', line: 2 }))
    expect(() => plain('Category: a; scheme="x#"; class="odd"')).toThrow(/line 1, column 33/)
  })
})

describe('what a text message is', () => {
  it('one kind with attributes is read as an entity, kinds alone as a model', () => {
    expect(plain(`${kind}\nX-OCCI-Attribute: a=1`).entities).toHaveLength(1)
    expect(plain(kind).categories).toHaveLength(1)
    expect(plain(kind, { expect: 'entity' }).entities).toHaveLength(1)
  })

  it('an action with parameters is read as an invocation', () => {
    const text = `Category: stop; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"\nX-OCCI-Attribute: method="cold"`
    expect(plain(text).action?.attributes.get('method')).toBe('cold')
    expect(plain(text.split('\n')[0] ?? '').categories).toHaveLength(1)
    expect(plain(text.split('\n')[0] ?? '', { expect: 'action' }).action).toBeDefined()
  })

  it('attributes without a kind are read as a partial update or a filter', () => {
    const parsed = plain(
      'Category: m; scheme="http://x/#"; class="mixin"\nX-OCCI-Attribute: occi.core.title="new"',
    )
    expect(parsed.attributes.get('occi.core.title')).toBe('new')
    expect(parsed.categories).toHaveLength(1)
  })

  it('a category without class is read as a reference', () => {
    expect(plain(`Category: compute; scheme="${infrastructure}"`).references).toEqual([compute])
  })
})

describe('JSON dialects', () => {
  it("MartServer's model is unwrapped (M13)", () => {
    const parsed = json({
      model: [
        { id: 'x', kinds: [{ term: 'compute', scheme: infrastructure }], mixins: [] },
        { actions: [{ term: 'a', scheme: 'http://x/action#' }] },
      ],
    })
    expect(parsed.categories.map((one) => one.class)).toEqual(['kind', 'action'])
  })

  it("erocci's empty list is read as a missing title, without loss (E22)", () => {
    const parsed = readMessage({
      headers: [['content-type', 'application/json']],
      body: '{"mixins":[{"term":"debian6","scheme":"http://example.org/os#","title":[]}]}',
    })
    expect(parsed.categories[0]).toMatchObject({ term: 'debian6' })
    expect(parsed.categories[0]?.title).toBeUndefined()
    expect(parsed.deviations.filter(({ lost }) => lost === true)).toEqual([])
  })

  it("erocci's entities with only a location, and its mixins that are a string, are read", () => {
    expect(json({ entities: [{ location: '/compute/1' }] }).locations).toEqual(['/compute/1'])
    expect(json({ resources: [{ kind: compute, mixins: 'http://x/#m' }] }).entities[0]?.mixins).toEqual([
      'http://x/#m',
    ])
  })

  it("ooi's links among the resources are read (ooi-8)", () => {
    const parsed = json({
      resources: [
        {
          kind: `${infrastructure}networkinterface`,
          id: '1_2',
          source: { location: '/c/1' },
          target: { location: '/n/2' },
        },
      ],
    })
    expect(parsed.entities[0]).toMatchObject({ type: 'link', target: { location: '/n/2' } })
  })

  it('a nested definition without "mutable" is mutable, a flat one immutable', () => {
    const nested = json({
      kinds: [{ term: 'a', scheme: 'http://x/#', attributes: { occi: { x: { y: { Type: 'number' } } } } }],
    })
    const flat = json({
      kinds: [{ term: 'a', scheme: 'http://x/#', attributes: { 'occi.x.y': { type: 'number' } } }],
    })
    expect(nested.categories[0]?.attributes.get('occi.x.y')).toMatchObject({ mutable: true, type: 'number' })
    expect(flat.categories[0]?.attributes.get('occi.x.y')).toMatchObject({ mutable: false, type: 'number' })
  })

  it('an attribute named type is distinguished from a definition', () => {
    const parsed = json({
      kinds: [
        {
          term: 'a',
          scheme: 'http://x/#',
          attributes: { occi: { network: { type: { type: 'string', mutable: false } } } },
        },
      ],
    })
    expect([...(parsed.categories[0]?.attributes.keys() ?? [])]).toEqual(['occi.network.type'])
  })

  it.each([
    [
      { code: 404, message: 'gone' },
      { code: '404', message: 'gone' },
    ],
    [
      { status: 'not_found', error: 'no such' },
      { code: 'not_found', message: 'no such' },
    ],
    [{ error: { code: 401, message: 'who?', title: 'Unauthorized' } }, { code: '401', message: 'who?' }],
    [{ message: 'Mart' }, { message: 'Mart' }],
  ])('the JSON error %j is read (ooi-4)', (value, error) => {
    expect(json(value).error).toEqual(error)
  })

  it('lexemes and integers beyond 2^53 are kept', () => {
    const entity = json(
      `{"kind":"${compute}","attributes":{"occi.compute.memory":4.0,"a.big":9007199254740993}}`,
    ).entities[0]
    expect(entity?.attributes.get('a.big')).toBe(9007199254740993n)
    expect(entity?.lexemes?.get('occi.compute.memory')).toBe('4.0')
  })

  it('the error for invalid JSON gives its position', () => {
    expect(() => json('{"kind": "x#y",\n  "id" "1"}')).toThrow(
      expect.objectContaining({ parseCode: 'E_JSON', line: 2, column: 8 }),
    )
  })
})

describe('readMessage', () => {
  const entityHeaders = [
    ['category', `compute; scheme="${infrastructure}"; class=kind`],
    ['x-occi-attribute', 'occi.core.id="1"'],
  ] as const

  it.each(['application/json', 'text/html', 'text/plain'])(
    'readMessage finds the headers of a body OK that claims %s (E3)',
    (type) => {
      const parsed = readMessage({ headers: [['content-type', type], ...entityHeaders], body: 'OK\n' })
      expect(resource(parsed).id).toBe('1')
    },
  )

  it('readMessage finds uri-list answers in X-OCCI-Location (M4)', () => {
    const parsed = readMessage({
      headers: [
        ['Content-Type', 'text/uri-list'],
        ['X-OCCI-Location', 'http://h/c/1'],
      ],
      body: '',
    })
    expect(parsed.locations).toEqual(['http://h/c/1'])
  })

  it('readMessage finds categories in text/uri-list (ooi-11), and reports that', () => {
    const parsed = readMessage({ headers: [['Content-Type', 'text/uri-list; charset=utf8']], body: kind })
    expect(parsed.categories).toHaveLength(1)
    expect(codes(parsed)).toContain('content-type-mismatch')
  })

  it('readMessage takes Location for that of the entity (E6), but not that of an action (E17)', () => {
    const rendering = `${kind}\nX-OCCI-Attribute: a=1\n`
    const at = (location: string) =>
      resource(readMessage({ headers: [['location', location]], body: rendering })).location
    expect(at('http://h/compute/1')).toBe('http://h/compute/1')
    expect(at('http://h/compute/1?action=start')).toBeUndefined()
  })

  it('readMessage takes repeated and joined Location headers for a collection', () => {
    const type = ['Content-Type', 'text/occi'] as const
    expect(
      readMessage({ headers: [type, ['Location', 'http://h/1'], ['Location', 'http://h/2']], body: '' })
        .locations,
    ).toHaveLength(2)
    expect(
      readMessage({ headers: [type, ['Location', 'http://h/1,http://h/2']], body: '' }).locations,
    ).toHaveLength(2)
    expect(readMessage({ headers: [type, ['Location', '']], body: '' }).locations).toEqual([])
  })

  it('readMessage ignores the Link headers of proxies', () => {
    const parsed = readMessage({
      headers: [
        ['Link', '<https://cdn.example>; rel=preconnect'],
        ['Location', '/c/1'],
      ],
      body: 'OK',
    })
    expect(parsed.locations).toEqual(['/c/1'])
  })

  it('readMessage reads a web page as an error', () => {
    const parsed = readMessage({
      headers: [['Content-Type', 'text/plain']],
      body: '<!DOCTYPE html><html><title>Log in</title></html>',
    })
    expect(parsed.error).toEqual({ code: 'html', message: 'Log in' })
  })

  it('readMessage refuses prose', () => {
    expect(() => readMessage(body('It works!'))).toThrow(expect.objectContaining({ parseCode: 'E_LINE' }))
    expect(() => readMessage(body('Error: it does not work'))).toThrow(ParseError)
    expect(() => readMessage(body('Could not: find it'))).toThrow(ParseError)
  })

  it('readMessage trusts Content-Type in strict mode', () => {
    expect(() =>
      readMessage({ headers: [['Content-Type', 'application/json']], body: 'OK' }, { strict: true }),
    ).toThrow(ParseError)
    expect(() => readMessage(body('OK'), { strict: true })).toThrow(/Content-Type/)
  })
})

describe('text/uri-list', () => {
  it('text/uri-list reads comments, blank lines, CRLF and LF (Q21)', () => {
    const parsed = renderings['text/uri-list'].parse(body('# uri:/compute/\nhttp://h/1\r\n\r\n/c/2'))
    expect(parsed.locations).toEqual(['http://h/1', '/c/2'])
  })

  it('text/uri-list does not take OK for a location (Q10)', () => {
    const parsed = renderings['text/uri-list'].parse(body('OK'))
    expect(parsed.locations).toEqual([])
    expect(codes(parsed)).toEqual(['ok-body'])
  })
})
