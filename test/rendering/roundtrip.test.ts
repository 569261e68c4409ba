/** What is printed is read back the same; what is mutated never does worse than a ParseError. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeValue, Category, Entity, Link, Resource } from '../../src/model/index.js'
import { errorMessage, type Message, ParseError, readMessage, renderings } from '../../src/rendering/index.js'
import { runs } from '../support/thorough.js'
import { id } from './build.js'

const text = fc.string({ unit: fc.constantFrom(...'ab ,;="\\\'<>{}[]#:/?&\té計😀'), maxLength: 24 })
const name = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
  .filter((one) => !one.startsWith('occi.core.'))
const term = fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/)
const scheme = fc.constantFrom(
  'http://example.org/a#',
  'http://schemas.ogf.org/occi/infrastructure#',
  'https://x.example/b/c#',
)
const typeId = fc.tuple(scheme, term).map(([one, other]) => id(one + other))
const location = fc.stringMatching(/^\/[a-z0-9]{1,8}\/[a-z0-9-]{1,12}$/)
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 100n }),
)
const structured: fc.Arbitrary<AttributeValue> = fc.oneof(
  scalar,
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
)
const attributes = (value: fc.Arbitrary<AttributeValue>) =>
  fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => new Map(pairs))

const optional = <K extends string, T>(key: K, value: fc.Arbitrary<T>) =>
  fc
    .option(value, { nil: undefined })
    .map((one) => (one === undefined ? {} : { [key]: one })) as fc.Arbitrary<{ [P in K]?: T }>

const link = (value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Link> =>
  fc
    .tuple(
      term,
      fc.uniqueArray(typeId, { maxLength: 2 }),
      location,
      optional('kind', typeId),
      optional('location', location),
      optional('id', term),
      attributes(value),
    )
    .map(([kind, mixins, target, targetKind, own, linkId, values]) => ({
      type: 'link' as const,
      kind: id(`http://example.org/links#${kind}link`),
      mixins: mixins.filter((mixin) => mixin !== `http://example.org/links#${kind}link`),
      ...own,
      ...linkId,
      source: { location: '/compute/1' },
      target: { location: target, ...targetKind },
      attributes: values,
      actions: [],
    }))

const resource = (value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Resource> =>
  fc
    .tuple(
      term,
      fc.uniqueArray(typeId, { maxLength: 3 }),
      optional('id', term),
      optional('title', text),
      optional('summary', text),
      attributes(value),
      fc.array(link(value), { maxLength: 2 }),
    )
    .map(([kind, mixins, own, title, summary, values, links]) => ({
      type: 'resource' as const,
      kind: id(`http://example.org/kinds#${kind}x`),
      mixins,
      ...own,
      ...title,
      ...summary,
      attributes: values,
      actions: [],
      links,
    }))

const definition = fc.record({ mutable: fc.boolean(), required: fc.boolean() })
const category: fc.Arbitrary<Category> = fc
  .tuple(
    fc.constantFrom('kind', 'mixin', 'action'),
    scheme,
    term,
    optional('title', text),
    fc.array(fc.tuple(name, definition), { maxLength: 4 }),
    fc.uniqueArray(typeId, { maxLength: 2 }),
    optional('location', location),
  )
  .map(([known, one, other, title, definitions, ids, own]) => {
    const base = {
      scheme: one,
      term: other,
      id: id(one + other),
      ...title,
      attributes: new Map(definitions.map(([key, value]) => [key, { name: key, ...value }])),
    }
    if (known === 'action') return { class: 'action', ...base }
    if (known === 'mixin')
      return { class: 'mixin', ...base, depends: ids.slice(0, 1), applies: [], actions: ids, ...own }
    return {
      class: 'kind',
      ...base,
      ...(ids[0] === undefined ? {} : { parent: ids[0] }),
      actions: ids,
      ...own,
    }
  })

/** Lexemes come from reading, and say nothing new. */
function bare(entity: Entity): Entity {
  const { lexemes: _, ...rest } = entity
  return rest.type === 'link' ? rest : { ...rest, links: rest.links.map((one) => bare(one) as Link) }
}

describe('print, then parse', () => {
  it.each(['text/plain', 'text/occi'] as const)(
    'printing and parsing gives the same entity in %s',
    (rendering) => {
      fc.assert(
        fc.property(resource(scalar), fc.constantFrom('repeated', 'joined'), (entity, lists) => {
          const message = renderings[rendering].print({ what: 'entity', entity }, { lists })
          const parsed = renderings[rendering].parse(message, { expect: 'entity' })
          expect(parsed.entities.map(bare)).toEqual([entity])
        }),
        { seed: 1, numRuns: runs(400) },
      )
    },
  )

  it('printing and parsing gives the same entity in JSON', () => {
    fc.assert(
      fc.property(resource(structured), (entity) => {
        const parsed = renderings.json.parse(renderings.json.print({ what: 'entity', entity }))
        expect(parsed.entities.map(bare)).toEqual([entity])
        expect(parsed.deviations).toEqual([])
      }),
      { seed: 2, numRuns: runs(400) },
    )
  })

  it('printing and parsing gives the same entity in the JSON of rOCCI, or refuses', () => {
    fc.assert(
      fc.property(resource(structured), (entity) => {
        const described = entity.links.map((one) => ({
          ...one,
          target: { ...one.target, location: one.target?.location ?? '', kind: id('http://x/#t') },
        }))
        const whole = { ...entity, links: described }
        let message: Message
        try {
          message = renderings['json-1.1'].print({ what: 'entity', entity: whole })
        } catch (error) {
          expect(error).toMatchObject({ parseCode: 'E_CONFLICT' })
          return
        }
        expect(renderings['json-1.1'].parse(message).entities.map(bare)).toEqual([whole])
      }),
      { seed: 3, numRuns: runs(400) },
    )
  })

  it('printing and parsing gives the same model in text and JSON', () => {
    const models = fc.uniqueArray(category, { maxLength: 4, selector: (one) => one.id })
    fc.assert(
      fc.property(models, (categories) => {
        const kinds = new Set(categories.filter((one) => one.class === 'kind').map((one) => one.id))
        fc.pre(
          categories.every((one) => one.class !== 'mixin' || !one.depends.some((other) => kinds.has(other))),
        )
        for (const rendering of ['text/plain', 'text/occi', 'json'] as const) {
          const message = renderings[rendering].print({ what: 'model', categories })
          const parsed = renderings[rendering].parse(message, {
            expect: 'model',
            strict: rendering !== 'json',
          })
          const ordered = [...parsed.categories].sort(
            (a, b) =>
              categories.findIndex(({ id: one }) => one === a.id) -
              categories.findIndex(({ id: one }) => one === b.id),
          )
          expect(ordered).toEqual(categories)
        }
      }),
      { seed: 4, numRuns: runs(300) },
    )
  })

  it('printing and parsing causes no deviation, and strict mode reads it too', () => {
    const nonNegative: fc.Arbitrary<AttributeValue> = fc.oneof(text, fc.boolean(), fc.nat())
    fc.assert(
      fc.property(resource(nonNegative), (entity) => {
        const message = renderings['text/plain'].print({ what: 'entity', entity })
        expect(
          renderings['text/plain'].parse(message, { strict: true, expect: 'entity' }).entities.map(bare),
        ).toEqual([entity])
      }),
      { seed: 5, numRuns: runs(300) },
    )
  })
})

describe('mutated messages', () => {
  const seeds: Message[] = ['pyssf', 'rocci-server', 'snf-occi'].flatMap((file) => {
    const lines = readFileSync(new URL(`../fixtures/captures/${file}.jsonl`, import.meta.url), 'utf8')
      .trim()
      .split('\n')
    return lines
      .map((line) => (JSON.parse(line) as { response: Message }).response)
      .filter(({ body }) => body.length < 8000)
  })

  it('mutated messages cause nothing worse than a ParseError', () => {
    const mutation = fc.record({
      seed: fc.nat(seeds.length - 1),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      cut: fc.nat(20),
      put: fc.string({
        unit: fc.constantFrom(
          ...'",;=<>{}[]\\\r\n\u0000 #:x0é\u2028',
          '__proto__',
          'X-OCCI-Attribute:',
          'Category:',
        ),
        maxLength: 4,
      }),
      strict: fc.boolean(),
    })
    fc.assert(
      fc.property(mutation, ({ seed, at, cut, put, strict }) => {
        const original = seeds[seed] as Message
        const change = (whole: string) => {
          const index = Math.floor(whole.length * at)
          return whole.slice(0, index) + put + whole.slice(index + cut)
        }
        const message = {
          body: change(original.body),
          headers: original.headers.map(([key, value]) => [key, change(value)] as const),
        }
        expect(typeof (errorMessage(message) ?? '')).toBe('string')
        for (const read of [
          () => readMessage(message, { strict }),
          ...Object.values(renderings).map((one) => () => one.parse(message, { strict })),
        ]) {
          try {
            read()
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError)
          }
        }
      }),
      { seed: 6, numRuns: runs(1500) },
    )
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
