/** All vectors of fixtures/vectors.json, lenient and strict; the adapter reads their notation. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HeaderPair } from '../../src/basics/http.js'
import type { AttributeValue, Category, Entity, Link } from '../../src/model/index.js'
import { Diagnostics } from '../../src/rendering/diagnostics.js'
import {
  type Parsed,
  ParseError,
  type ParseOptions,
  type RawLink,
  renderings,
  type TextMessage,
} from '../../src/rendering/index.js'
import { printFields } from '../../src/rendering/text/print.js'
import { readBody, readHeaders } from '../../src/rendering/text/read.js'
import { toModel } from '../../src/rendering/text/to-model.js'

interface Vector {
  readonly id: string
  readonly title: string
  readonly type: 'body' | 'fields' | 'uri' | 'gen' | 'json' | 'genj' | 'render' | 'nest'
  readonly input: unknown
  readonly opt: { readonly query?: boolean; readonly version?: '1.1' | '1.2' }
  readonly lenient: unknown
  readonly strict: unknown
}

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[]

describe('vectors', () => {
  it('all test vectors are in the file', () => {
    expect(vectors.length).toBe(76)
  })

  describe.each(['lenient', 'strict'] as const)('%s', (mode) => {
    it.each(vectors.map((vector) => [`${vector.id} ${vector.title}`, vector] as const))(
      'the test vector %s is read as expected',
      (_, vector) => {
        const expected = mode === 'strict' && vector.strict !== 'same' ? vector.strict : vector.lenient
        const options: ParseOptions = {
          strict: mode === 'strict',
          expect: vector.opt.query === true ? 'model' : 'entity',
          ...(vector.opt.version === undefined ? {} : { version: vector.opt.version }),
        }
        expect(outcome(vector, options)).toEqual(normal(expected))
      },
    )
  })

  it('test vectors change no prototype', () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

function outcome(vector: Vector, options: ParseOptions): unknown {
  try {
    return run(vector, options)
  } catch (error) {
    if (error instanceof ParseError) return { error: error.parseCode }
    throw error
  }
}

function run(vector: Vector, options: ParseOptions): unknown {
  switch (vector.type) {
    case 'body':
      return text((diagnostics) => readBody(vector.input as string, diagnostics), options)
    case 'gen': {
      const found = text((diagnostics) => readBody(generated(vector), diagnostics), options)
      if (typeof vector.lenient === 'object' && vector.lenient !== null && 'summary' in vector.lenient) {
        const categories = found['categories'] as readonly { attributes: readonly { name: string }[] }[]
        const names = JSON.stringify(categories[0]?.attributes.map(({ name }) => name))
        return { summary: `accepted, categories=${categories.length}, attributes=${names}` }
      }
      return found
    }
    case 'fields':
      return text((diagnostics) => readHeaders(vector.input as HeaderPair[], diagnostics), options)
    case 'uri':
      return renderings['text/uri-list'].parse({ headers: [], body: vector.input as string }, options)
        .locations
    case 'json':
      return json(
        renderings.json.parse({ headers: [], body: vector.input as string }, options),
        vector.input as string,
      )
    case 'genj':
      return json(renderings.json.parse({ headers: [], body: generated(vector) }, options), '')
    case 'render': {
      const [name, value] = vector.input as [string, string]
      const fields = printFields({ what: 'update', mixins: [], attributes: new Map([[name, value]]) })
      return fields.map((pair) => pair.join(': ')).join('\n')
    }
    case 'nest': {
      const attributes = new Map(Object.entries(vector.input as Record<string, string>))
      return renderings['json-1.1'].print({ what: 'update', mixins: [], attributes }).body
    }
  }
}

/** The generating expressions are ours: they are in the repository. */
function generated(vector: Vector): string {
  return new Function(`return ${vector.input as string}`)() as string
}

function text(
  read: (diagnostics: Diagnostics) => TextMessage,
  options: ParseOptions,
): Record<string, unknown> {
  const diagnostics = new Diagnostics(options)
  const message = read(diagnostics)
  toModel(message, options.expect ?? 'any', diagnostics)
  const unique = new Map(
    message.categories.map((category) => [`${category.scheme}${category.term}`, category]),
  )
  return compact({
    categories: [...unique.values()].map(({ attributes, ...rest }) =>
      compact({
        ...rest,
        attributes: [...(attributes?.values() ?? [])].map(({ name, required, mutable }) => ({
          name,
          required,
          immutable: !mutable,
        })),
      }),
    ),
    links: message.links.map(link),
    attributes: plain(message.attributes.values),
    locations: message.locations,
  })
}

function link(raw: RawLink): Record<string, unknown> {
  const { attributes, ...rest } = raw
  return { ...compact({ ...rest }), attributes: plain(attributes.values) }
}

function plain(values: ReadonlyMap<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(
    [...values].map(([name, value]) => [name, typeof value === 'bigint' ? { bigint: String(value) } : value]),
  )
}

/** Without what is undefined or empty, as the notation leaves it out. */
function compact(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => {
      if (value === undefined) return false
      return typeof value !== 'object' || value === null || Object.keys(value).length > 0
    }),
  )
}

function json(parsed: Parsed, input: string): unknown {
  if (parsed.action !== undefined) {
    return { action: parsed.action.action, attributes: plain(parsed.action.attributes) }
  }
  if (parsed.categories.length > 0) {
    return compact({
      kinds: parsed.categories.filter((category) => category.class === 'kind').map(definition),
      mixins: parsed.categories.filter((category) => category.class === 'mixin').map(definition),
    })
  }
  const single = (JSON.parse(input) as { kind?: string }).kind !== undefined
  if (single) return parsed.entities[0] === undefined ? {} : entity(parsed.entities[0])
  return compact({
    resources: parsed.entities.filter(({ type }) => type === 'resource').map(entity),
    links: parsed.entities.filter(({ type }) => type === 'link').map(entity),
    locations: parsed.locations,
  })
}

function entity(one: Entity): Record<string, unknown> {
  const { kind, mixins, id, title } = one
  const base = { ...compact({ kind, mixins, id, title }), attributes: plain(one.attributes) }
  if (one.type === 'link') return { ...base, ...compact({ source: one.source, target: one.target }) }
  const links = one.links.map((inner: Link) =>
    inner.target === undefined ? { ref: inner.location } : entity(inner),
  )
  return { ...base, ...compact({ links }) }
}

function definition(category: Category): Record<string, unknown> {
  const { term, scheme } = category
  const attributes = Object.fromEntries(
    [...category.attributes].map(([name, { name: _, ...rest }]) => [name, compact(rest)]),
  )
  const parent = category.class === 'kind' ? category.parent : undefined
  const depends = category.class === 'mixin' ? category.depends : undefined
  const location = category.class === 'action' ? undefined : category.location
  return compact({ term, scheme, location, parent, depends, attributes })
}

/** The vectors leave out what a definition does not say; the model always says mutable and required. */
function normal(expected: unknown): unknown {
  if (typeof expected !== 'object' || expected === null || !('kinds' in expected || 'mixins' in expected)) {
    return expected
  }
  const filled = structuredClone(expected) as Record<string, { attributes: Record<string, object> }[]>
  if ('kind' in expected) return expected
  for (const list of Object.values(filled)) {
    for (const category of list) {
      for (const [name, given] of Object.entries(category.attributes)) {
        category.attributes[name] = { mutable: false, required: false, ...given }
      }
    }
  }
  return filled
}
