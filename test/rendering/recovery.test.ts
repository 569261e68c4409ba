/**
 * One part of an answer that cannot be read costs that part alone. Each recorded answer is damaged at one place,
 * and everything that stands elsewhere must still be found; and what a dumb counter finds in the bytes of an
 * undamaged answer, the reader finds too: nothing is merged, nothing is dropped.
 */

import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeaderPair } from '../../src/basics/http.js'
import type { Entity } from '../../src/model/index.js'
import { type Message, type Parsed, readMessage } from '../../src/rendering/index.js'
import { runs, thorough } from '../support/thorough.js'

interface Exchange {
  readonly name: string
  readonly response: Message & { readonly status: number }
}

const folder = new URL('../fixtures/captures/', import.meta.url)
const answers = readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({ file, ...(JSON.parse(line) as Exchange) })),
  )
  .filter(({ response }) => response?.status < 300)
  .map(({ file, name, response }) => ({ id: `${file} ${name}`, response }))
  .filter(({ response }) => !response.body.trimStart().startsWith('<'))

const fields = /^(category|x-occi-category|link|x-occi-link|x-occi-attribute|x-occi-location|location)$/i

describe('a byte counter', () => {
  it('the byte counter has enough cases', () => {
    expect(answers.length).toBeGreaterThan(400)
  })

  it('the byte counter finds no more parts in text than the reader', () => {
    let counted = 0
    for (const { id, response } of answers) {
      if (isJson(response.body)) continue
      const expected = textCount(response)
      if (expected.categories + expected.attributes + expected.links === 0) continue
      counted++
      expect([id, readCount(readMessage(response))]).toEqual([id, expected])
    }
    expect(counted).toBeGreaterThan(100)
  })

  it('the byte counter finds no more members in JSON than the reader', () => {
    let counted = 0
    for (const { id, response } of answers) {
      if (!isJson(response.body)) continue
      const expected = jsonCount(JSON.parse(response.body))
      const { entities, categories, locations, deviations } = readMessage(response)
      expect([id, entities.length, categories.length, locations.length]).toEqual([id, ...expected])
      expect([id, deviations.filter(({ lost }) => lost === true)]).toEqual([id, []])
      counted++
    }
    expect(counted).toBeGreaterThan(50)
  })
})

/** A term may be followed by its scheme only, a link is a `<`, an attribute a name before `=`. */
interface Counts {
  readonly categories: number
  readonly links: number
  readonly attributes: number
}

function textCount({ headers, body }: Message): Counts {
  const hasBody = body
    .split('\n')
    .some((line) => fields.test(line.slice(0, Math.max(0, line.indexOf(':'))).trim()))
  const values = (name: RegExp): string[] =>
    hasBody
      ? body
          .split('\n')
          .filter((line) => name.test(line.slice(0, line.indexOf(':')).trim()))
          .map((line) => line.slice(line.indexOf(':') + 1))
      : headers.filter(([header]) => name.test(header)).map(([, value]) => value)
  const count = (lines: readonly string[], pattern: RegExp) =>
    lines.reduce((sum, line) => sum + [...line.matchAll(pattern)].length, 0)
  const categories = values(/^(x-occi-)?category$/i)
  const names = values(/^x-occi-attribute$/i).flatMap((line) =>
    [...line.matchAll(/(?:^|,)\s*([A-Za-z0-9][\w.-]*)\s*=\s*(?="|[\d-]|true|false|\[|\{)/g)].map(
      ([, name]) => name,
    ),
  )
  return {
    categories: new Set(
      categories.flatMap((line) =>
        [...line.matchAll(/(?:^|,)\s*([^,;"]+);\s*scheme="([^"]*)"/g)].map(
          ([, term, scheme]) => `${scheme}${term}`,
        ),
      ),
    ).size,
    links: count(values(/^(x-occi-)?link$/i), /(?:^|,)\s*</g),
    attributes: new Set(names).size,
  }
}

/** The same of what was read; an entity's title and ids are attributes in text. */
function readCount({ categories, references, entities, attributes }: Parsed): Counts {
  const count = { categories: categories.length + references.length, links: 0, attributes: attributes.size }
  for (const entity of entities) {
    count.categories += 1 + entity.mixins.length
    count.links += entity.actions.length + (entity.type === 'resource' ? entity.links.length : 0)
    count.attributes += entity.attributes.size + coreCount(entity)
  }
  return count
}

function coreCount(entity: Entity): number {
  const members =
    entity.type === 'link'
      ? [entity.id, entity.title, entity.source, entity.source?.kind, entity.target, entity.target?.kind]
      : [entity.id, entity.title, entity.summary]
  return members.filter((each) => each !== undefined).length
}

function isJson(body: string): boolean {
  return /^\s*[[{]/.test(body)
}

/** Entities, categories and locations: by the members that each has. */
function jsonCount(root: unknown): [number, number, number] {
  const items = Array.isArray(root) ? root : [root]
  let entities = 0
  let categories = 0
  let locations = 0
  for (const item of items) {
    if (typeof item === 'string') locations++
    else if ('term' in item && 'scheme' in item) categories++
    else if ('kind' in item) entities++
    else {
      for (const name of ['resources', 'links', 'entities'] as const) {
        for (const member of (item[name] ?? []) as unknown[]) {
          if (typeof member === 'string') locations++
          else entities++
        }
      }
      for (const name of ['kinds', 'mixins', 'actions'] as const) categories += (item[name] ?? []).length
    }
  }
  return [entities, categories, locations]
}

const damages: readonly string[] = [
  '',
  '"',
  '"x',
  'x"y"z',
  '\u0001',
  '<',
  '{',
  'a b',
  'Ü',
  '=',
  ';',
  '\\',
  '#',
]

describe('one damaged place', () => {
  const texts = answers.filter(({ response }) => /^(category|x-occi-attribute|link):/im.test(response.body))

  it('one damaged place in a line of text leaves all other lines as they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.constantFrom(...damages, 'a\nb', '\n'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ response }, at, damage, where) => {
          const lines = response.body.split('\n')
          const index = at % lines.length
          const line = lines[index] ?? ''
          const colon = line.indexOf(':') + 1
          const cut = colon + Math.floor(where * (line.length - colon))
          const damaged = [...lines]
          damaged[index] = line.slice(0, cut) + damage + line.slice(cut)
          const without = lines.filter((_, each) => each !== index)
          const whole = partsOf(read({ headers: [], body: without.join('\n') }))
          // Where nothing else stands, the message as a whole is what is damaged.
          if (whole.length === 0) return
          const found = partsOf(read({ headers: [], body: damaged.join('\n') }))
          for (const part of whole) expect(found).toContain(part)
        },
      ),
      { numRuns: runs(400) },
    )
  })

  const joined = answers.filter(({ response }) =>
    response.headers.some(([name, value]) => /^x-occi-attribute$/i.test(name) && value.includes(',')),
  )

  it('one damaged place in a value of a joined header leaves the other attributes as they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...joined),
        fc.nat(),
        fc.constantFrom('\u0001', 'x y', '<', '#', ';'),
        (answer, at, damage) => {
          const { headers } = answer.response
          const index = headers.findIndex(([name]) => /^x-occi-attribute$/i.test(name))
          const value = headers[index]?.[1] ?? ''
          const quotes = [...value.matchAll(/="/g)].map((match) => (match.index ?? 0) + 2)
          const cut = quotes[at % quotes.length] ?? 0
          const damaged: HeaderPair[] = headers.map((pair, each) =>
            each === index ? [pair[0], value.slice(0, cut) + damage + value.slice(cut)] : pair,
          )
          const before = partsOf(read(answer.response))
          const after = new Set(partsOf(read({ headers: damaged, body: answer.response.body })))
          // At most the one value differs.
          expect(before.filter((part) => !after.has(part)).length).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: runs(150) },
    )
  })

  const documents = answers.filter(({ response }) => isJson(response.body) && response.body.length < 60_000)

  it('one damaged place in a value of JSON leaves the other members as they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.constantFrom('nul', 'True', "'x'", '"a\nb"', '"a\u0001b"', '"a\\xb"', '01', '[1', ''),
        ({ response }, at, damage) => {
          const strings = [
            ...response.body.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)/g),
          ]
          const chosen = strings[at % Math.max(1, strings.length)]
          if (chosen === undefined || damage === '[1') return
          const value = chosen[1] ?? ''
          const from = (chosen.index ?? 0) + chosen[0].length - value.length
          const body = response.body.slice(0, from) + damage + response.body.slice(from + value.length)
          const before = read(response)
          const after = read({ headers: response.headers, body })
          // An entity without its kind is lost as a whole, or only a location remains; so is a category without
          // its term or scheme.
          const isKind = /"kind":\s*$/.test(response.body.slice(0, from))
          expect(after.entities.length).toBeGreaterThanOrEqual(before.entities.length - (isKind ? 1 : 0))
          expect(after.categories.length).toBeGreaterThanOrEqual(before.categories.length - 1)
        },
      ),
      { numRuns: runs(300) },
    )
  })
})

/**
 * The same fields as other servers lay them out: accords-platform (single quotes, `CATEGORY`), fogbow-manager (`, `
 * in one header), rOCCI-server 0.5 and 2.0, cosmetic differences of all. Each must give the same parts.
 */
type Layout = (lines: readonly string[]) => Message

const inBody = (lines: readonly string[], end = '\n'): Message => ({ headers: [], body: lines.join(end) })
const nameOf = (line: string) => line.slice(0, line.indexOf(':'))
const textOf = (line: string) => line.slice(line.indexOf(':') + 1).trim()
const pairs = (lines: readonly string[]): HeaderPair[] => lines.map((line) => [nameOf(line), textOf(line)])

function joined(lines: readonly string[], separator: string): HeaderPair[] {
  const names = [...new Set(lines.map(nameOf))]
  return names.map((name) => [
    name,
    lines
      .filter((line) => nameOf(line) === name)
      .map(textOf)
      .join(separator),
  ])
}

/** Changes what stands outside double quotes. */
const outsideQuotes = (line: string, change: (text: string) => string) =>
  line.replace(/"[^"]*"|[^"]+/g, (piece) => (piece.startsWith('"') ? piece : change(piece)))
const named = (lines: readonly string[], change: (name: string) => string) =>
  lines.map((line) => `${change(nameOf(line))}: ${textOf(line)}`)

const layouts: Readonly<Record<string, Layout>> = {
  'headers, one for each': (lines) => ({ headers: pairs(lines), body: '' }),
  'headers with OK': (lines) => ({ headers: pairs(lines), body: 'OK' }),
  'headers under JSON': (lines) => ({
    headers: [['Content-Type', 'application/json'], ...pairs(lines)],
    body: 'OK\n',
  }),
  'headers joined by a comma and a blank': (lines) => ({ headers: joined(lines, ', '), body: 'OK' }),
  'headers joined by a comma': (lines) => ({ headers: joined(lines, ','), body: '' }),
  'headers joined, with a last comma': (lines) => ({
    headers: joined(lines, ',').map(([name, value]): HeaderPair => [name, `${value},`]),
    body: '',
  }),
  'headers in lower case': (lines) => ({ headers: pairs(named(lines, (n) => n.toLowerCase())), body: '' }),
  'headers of rOCCI-server 2.0': (lines) => ({
    headers: pairs(named(lines, (name) => (/^x-/i.test(name) ? name : `X-OCCI-${name}`))),
    body: '',
  }),
  'lower case': (lines) => inBody(named(lines, (name) => name.toLowerCase())),
  'upper case': (lines) => inBody(named(lines, (name) => name.toUpperCase())),
  CRLF: (lines) => inBody([...lines, ''], '\r\n'),
  'CR alone': (lines) => inBody(lines, '\r'),
  'blank lines and a byte order mark': (lines) => inBody(['\ufeff', '', ...lines, '', ' '], '\n\n'),
  'no blank after the colon': (lines) => inBody(lines.map((line) => `${nameOf(line)}:${textOf(line)}`)),
  'no blanks at separators': (lines) =>
    inBody(lines.map((line) => outsideQuotes(line, (text) => text.replace(/; +/g, ';')))),
  'tabs and blanks at separators': (lines) =>
    inBody(lines.map((line) => outsideQuotes(line, (text) => text.replace(/; */g, ' \t;\t ')))),
  'a semicolon at the end': (lines) => inBody(lines.map((line) => `${line};`)),
  'continued lines': (lines) =>
    inBody(lines.map((line) => outsideQuotes(line, (text) => text.replace(/; */g, ';\r\n    ')))),
  'single quotes': (lines) =>
    inBody(lines.map((line) => (line.includes("'") ? line : line.replace(/="([^"]*)"(?=[;,]|$)/g, "='$1'")))),
  'values without quotes': (lines) =>
    inBody(
      lines.map((line) =>
        line.replace(/^(X-OCCI-Attribute: ?[^=]+)="([^"]*[^"\s;])"$/i, (all, name, value) =>
          /^[\s\d.+-]/.test(value) ? all : `${name}=${value}`,
        ),
      ),
    ),
  'class first': (lines) =>
    inBody(lines.map((line) => line.replace(/(; scheme="[^"]*")(; class="[^"]*")/, '$2$1'))),
  'a web type': (lines) => ({ ...inBody(lines), headers: [['Content-Type', 'text/html; charset=utf-8']] }),
}

describe('fields in the layout of other servers', () => {
  const texts = answers
    .filter(({ response }) => /^(category|x-occi-attribute|x-occi-location|link):/im.test(response.body))
    .map(({ id, response }) => ({ id, lines: fieldLines(response.body) }))
    // Where a value holds an unescaped quote or a line end, the layout cannot be changed by patterns.
    .filter(({ lines }) => lines.every((line) => /^[\w-]+: ?(?:"[^"\\]*"|[^"\\])*$/.test(line)))
    .map((text) => ({ ...text, parts: partsOf(read(inBody(text.lines))).sort() }))

  it('the recordings have enough fields to lay out again', () => {
    expect(texts.length).toBeGreaterThan(150)
  })

  it.each(Object.entries(layouts))(
    'the recorded fields are read the same in the layout of %s',
    (_, layout) => {
      for (const { id, lines, parts } of texts.filter((_, at) => thorough || at % 5 === 0)) {
        expect([id, partsOf(read(layout(lines))).sort()]).toEqual([id, parts])
      }
    },
  )

  it('two entities in one answer remain two', () => {
    const entities = texts.filter(({ lines }) => {
      const { entities: found, locations } = read(inBody(lines))
      return found.length === 1 && locations.length === 0 && (found[0]?.attributes.size ?? 0) > 0
    })
    expect(entities.length).toBeGreaterThan(50)
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...entities), { minLength: 2, maxLength: 4 }),
        fc.constantFrom('\n', '\n\n'),
        (some, between) => {
          const apart = some.flatMap(({ lines }) => partsOf(read(inBody(lines))))
          const body = some.map(({ lines }) => lines.join('\n')).join(between)
          const together = read({ headers: [], body })
          expect(together.entities).toHaveLength(some.length)
          expect(partsOf(together).sort()).toEqual(apart.sort())
        },
      ),
      { numRuns: runs(100) },
    )
  })
})

function fieldLines(body: string): readonly string[] {
  return body
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim())
}

function read(message: Message): Parsed {
  return readMessage(message)
}

/** Everything that was found, each by itself. */
function partsOf({ categories, entities, locations, attributes }: Parsed): string[] {
  const parts = [...categories.map(({ id }) => `type ${id}`), ...locations.map((each) => `at ${each}`)]
  for (const [name, value] of attributes) parts.push(`${name}=${String(value)}`)
  for (const entity of entities) {
    parts.push(...[entity.kind, ...entity.mixins].map((id) => `type ${id}`))
    if (entity.id !== undefined) parts.push(`occi.core.id=${entity.id}`)
    if (entity.title !== undefined) parts.push(`occi.core.title=${entity.title}`)
    if (entity.type === 'resource' && entity.summary !== undefined)
      parts.push(`occi.core.summary=${entity.summary}`)
    if (entity.type === 'link') {
      if (entity.source !== undefined) parts.push(`occi.core.source=${entity.source.location}`)
      if (entity.target !== undefined) parts.push(`occi.core.target=${entity.target.location}`)
    }
    for (const [name, value] of entity.attributes) parts.push(`${name}=${String(value)}`)
    for (const { id } of entity.actions) parts.push(`action ${id}`)
    if (entity.type === 'resource') {
      for (const link of entity.links) parts.push(`link ${link.target?.location} ${link.location}`)
    }
  }
  return parts
}
