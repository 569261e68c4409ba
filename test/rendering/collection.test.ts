import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  collectionReader,
  type Member,
  ParseError,
  type ParseOptions,
  renderings,
} from '../../src/rendering/index.js'
import { runs } from '../support/thorough.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const vm = (n: number) => ({
  kind: `${infra}compute`,
  id: `${n}`,
  attributes: { 'occi.compute.memory': 0.5, note: 'a "quoted" \\ thing, [with] {brackets}\n' },
  links: [{ kind: `${infra}storagelink`, id: `l${n}`, target: { location: '/storage/1' } }],
})

interface Outcome {
  readonly members?: readonly Member[]
  readonly deviations?: unknown
  readonly error?: unknown
}

function inPieces(text: string, sizes: readonly number[], options: ParseOptions): Outcome {
  const reader = collectionReader(options)
  const members: Member[] = []
  try {
    for (let at = 0, i = 0; at < text.length; i++) {
      const size = sizes[i % sizes.length] ?? 1
      members.push(...reader.push(text.slice(at, at + size)))
      at += size
    }
    members.push(...reader.end())
    return { members, deviations: reader.deviations }
  } catch (error) {
    return { error: facts(error) }
  }
}

function atOnce(text: string, options: ParseOptions): Outcome {
  try {
    const { entities, locations, deviations } = renderings.json.parse({ headers: [], body: text }, options)
    return { members: [...entities, ...locations], deviations }
  } catch (error) {
    return { error: facts(error) }
  }
}

function facts(error: unknown) {
  if (!(error instanceof ParseError)) throw error
  const { parseCode, message, line, column } = error
  return { parseCode, message, line, column }
}

const texts: Record<string, string> = {
  resources: JSON.stringify({ resources: [vm(1), vm(2)] }),
  'resources, in lines': JSON.stringify({ resources: [vm(1), vm(2)], title: 'x', links: [] }, null, 2),
  'resources and links': JSON.stringify({
    resources: [vm(1)],
    links: [{ id: 'a', kind: `${infra}storagelink` }],
  }),
  'links alone': JSON.stringify({ links: [{ id: 'a', kind: `${infra}storagelink` }, '/link/2'] }),
  'entities (pyssf)': JSON.stringify([vm(1), vm(2)]),
  'locations alone (rOCCI-core)': JSON.stringify(['/compute/1', '/compute/2']),
  'what is not loaded (erocci)': JSON.stringify({ resources: [{ location: '/compute/1' }] }),
  'one entity whose links come first': JSON.stringify({
    links: vm(1).links,
    kind: `${infra}compute`,
    id: '1',
  }),
  'one entity': JSON.stringify(vm(1)),
  'a byte order mark': `\ufeff ${JSON.stringify({ resources: [vm(1)] })}\n`,
  'a name with an escape': '{"re\\u0073ources":[{"kind":"a#b","id":"1"}]}',
  'something unknown': '{"what":[1,{"resources":[2]}],\n "resources":[]}',
  'a list in a list': '{"resources":[[{"kind":"a#b"}]]}',
  'a message beside members': '{"message":"x","resources":[{"kind":"a#b"}],"links":[{"kind":"a#l"}]}',
  'an error alone': '{"error":{"message":"x"}}',
  nothing: '',
  blanks: ' \n',
  'no object': '"resources"',
  'an empty list': '{"resources":[ \n ]}',
  'a list that is none': '{"resources":"/compute/1"}',
  'a trailing comma': '{"resources":[{"kind":"a#b"},\n ]}',
  'only a comma': '[,]',
  'no end': '{"resources":[{"kind":"a#b"}',
  'an end inside a string': '[{"kind":"a#b',
  'an end after the list': '{"resources":[{"kind":"a#b"}]',
  'more after the end': '{"resources":[]}\n{"resources":[]}',
  'an item that is none': '{"resources":[{"kind":"a#b"},\n nope]}',
  'braces that do not fit': '{"resources":[{"kind":"a#b"]}',
  'more braces than there were': '{"resources":[{"kind":"a#b"}}]}',
  'an attribute that is refused': '{"resources":[{"kind":"a#b","attributes":{"a":{"__proto__":1}}}]}',
  deep: `{"resources":[${'['.repeat(60)}`,
  'deep, but not too deep': `[{"attributes":{"a":${'['.repeat(44)}1${']'.repeat(44)}}}]`,
  'things of a wrong type':
    '{"resources":[1,null,true,{"kind":1}],\r\n\r\n"links":[false], "attributes": {"x": 1}, "more": {}}',
}

/** Both read the same: an item of a list that is none is found in its own place, not in that of the list. */
function sameBut(outcome: Outcome): Outcome {
  const { deviations, ...rest } = outcome
  return Array.isArray(deviations)
    ? { ...rest, deviations: deviations.map(({ code }) => code).sort() }
    : outcome
}

describe('a collection in JSON, in pieces', () => {
  it('the texts of this test reach the limits that they are made for', () => {
    expect(atOnce(texts['deep'] ?? '', {}).error).toMatchObject({ parseCode: 'E_LIMIT' })
    expect(atOnce(texts['deep, but not too deep'] ?? '', {}).error).toBeUndefined()
    expect(atOnce(texts['one entity whose links come first'] ?? '', {}).members).toHaveLength(1)
  })

  describe.each(Object.entries(texts))('%s', (_, text) => {
    it.each([1, 2, 7, 100_000])('a collection read in pieces gives the same as in one (%i)', (size) => {
      expect(sameBut(inPieces(text, [size], {}))).toEqual(sameBut(atOnce(text, {})))
    })

    it('a collection read in pieces gives the same in strict mode', () => {
      const strict = inPieces(text, [5], { strict: true })
      expect('error' in strict).toBe('error' in atOnce(text, { strict: true }))
    })
  })

  it('any collection read in pieces gives the same as in one, however it is cut', () => {
    const item = fc.oneof(
      { weight: 4, arbitrary: fc.constant(vm(1)) },
      fc.constantFrom('/compute/1', 1, null, { location: '/compute/2' }),
      fc.jsonValue(),
    )
    // A whole entity with such lists is another thing (below); the last of two lists alone counts at once.
    const name = fc.string().filter((text) => !['kind', 'term', 'action', 'error', 'message'].includes(text))
    const collection = fc
      .record(
        { resources: fc.array(item), links: fc.array(item), entities: fc.array(item), more: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .chain((lists) => name.map((other) => ({ [other]: 1, ...lists })))
    const text = fc.tuple(fc.oneof(collection, fc.array(item)), fc.constantFrom(0, 1, 3), fc.nat(), fc.nat(9))
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (made, sizes) => {
        const [value, indent, at, damage] = made
        const whole = JSON.stringify(value, null, indent)
        const place = at % whole.length
        const damaged =
          [whole.slice(0, place), `${whole.slice(0, place)}"${whole.slice(place)}`][damage] ?? whole
        const pieces = inPieces(damaged, sizes, {})
        const once = atOnce(damaged, {})
        if (pieces.error !== undefined || once.error !== undefined) {
          expect(pieces.error === undefined).toBe(once.error === undefined)
        } else expect(order(pieces)).toEqual(order(once))
      }),
      { numRuns: runs(3000) },
    )
  })
})

/** At once entities come first, and what is read with the rest comes later in pieces. */
function order(outcome: Outcome): Outcome {
  const members = (outcome.members ?? []).map((member) => [inspect(member, { depth: 20 }), member] as const)
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, member]) => member)
  return sameBut({ ...outcome, members: sorted })
}

describe('a collection reader', () => {
  it('a collection reader returns each member with the chunk that completes it', () => {
    const reader = collectionReader()
    expect(reader.push('{"resources":[{"kind":"a#b","id":"1"}')).toEqual([])
    expect(reader.push(',{"kind":"a#b",')).toMatchObject([{ id: '1' }])
    expect(reader.push('"id":"2"} ]')).toMatchObject([{ id: '2' }])
    expect(reader.push('}')).toEqual([])
    expect(reader.end()).toEqual([])
  })

  it('a collection reader keeps a list of links until it ends, or is longer than that of an entity can be', () => {
    const link = JSON.stringify({ kind: `${infra}storagelink`, id: 'x'.repeat(1000) })
    const reader = collectionReader()
    const found: Member[] = [...reader.push(`{\n"links": [${link}`)]
    for (let i = 0; i < 999; i++) found.push(...reader.push(`,\n${link}`))
    expect(found).toHaveLength(999)
    expect([...reader.push(']'), ...reader.push('}'), ...reader.end()]).toHaveLength(1)
    expect(found[998]).toMatchObject({ type: 'link' })
  })

  it('a collection reader refuses an entity whose links were too many to keep', () => {
    const reader = collectionReader()
    reader.push('{"links":[')
    for (let i = 0; i < 1000; i++) reader.push(`{"kind":"a#l","id":"${'x'.repeat(1000)}"},`)
    reader.push('{"kind":"a#l","id":"1"}],"kind":"a#b"}')
    expect(() => reader.end()).toThrow(expect.objectContaining({ parseCode: 'E_LIMIT' }))
  })

  it('a collection reader reports the position of an error in the whole text', () => {
    const reader = collectionReader()
    reader.push('{"links": [],\n "resources": [\n  {"kind": "a#b"},\n')
    expect(() => reader.push('  {"kind" "a#b"}]')).toThrow(expect.objectContaining({ line: 4, column: 11 }))
    const after = collectionReader()
    after.push('{"resources": [\n  {"kind": "a#b"},\n{"kind": "a#b"}\n],\n  nope}')
    expect(() => after.end()).toThrow(expect.objectContaining({ line: 5, column: 3 }))
  })

  it('a collection reader limits the items of a list, and how often lists are split', () => {
    const reader = collectionReader({ limits: { elements: 3 } })
    expect(() => reader.push('["/a","/a","/a","/a",')).toThrow(ParseError)
    const repeated = collectionReader()
    const found = repeated.push(`{${'"resources":["/a"],'.repeat(1000)}"links":[]}`)
    expect(found.length).toBeLessThan(20)
    // As JSON.parse has it, the last counts.
    expect(repeated.end()).toEqual(['/a'])
  })

  it('a collection reader reads megabytes in single characters, also in one string', () => {
    const reader = collectionReader({ limits: { elements: 100_000 } })
    const found: Member[] = []
    const count = runs(70_000)
    const title = 'x'.repeat(runs(1e6))
    const text = `{"resources":[{"kind":"a#b","title":"${title}"},${'{"kind":"a#b"},'.repeat(count)}"/a"]}`
    for (const character of text) found.push(...reader.push(character))
    expect([...found, ...reader.end()]).toHaveLength(count + 2)
  })
})
