/**
 * A category that looks like the one before it is read by comparing. The same lines with another blank
 * after each second one's semicolons are never alike, so that the whole grammar reads them: the result
 * must be the same.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ParseError, type ParseOptions, renderings } from '../../src/rendering/index.js'

const term = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z0-9][A-Za-z0-9_.-]{0,8}$/) },
  fc.constantFrom('-x', 'a b', 'Ünder', 'a'.repeat(300), '', 'x[1]', '.a'),
)
const words = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[A-Za-z0-9 ,:/?.-]{0,16}$/) },
  fc.constantFrom(
    'say \\"hi\\"',
    'a "quoted" b',
    'a\\\\',
    'x"; y',
    'x", y',
    'c:\\temp',
    'b"; rel="z',
    'ü',
    '"',
  ),
)
/** Few values, so that most lines are alike, and some that are oddly written. */
const common = fc.record({
  scheme: fc.constantFrom(
    'http://a.example/t#',
    'http://a.example/t#',
    'http://a.example/t#image',
    'relative#',
  ),
  class: fc.constantFrom('"mixin"', '"mixin"', '"kind"', '"action"', 'mixin', '"thing"'),
  rel: fc.constantFrom(undefined, 'http://a.example/b#c', 'http://a.example/b#chttp://a.example/b#d', ''),
  attributes: fc.constantFrom(undefined, 'a.b c{immutable}', '', 'a{odd}', '%'),
  actions: fc.constantFrom(undefined, 'http://a.example/x#y'),
  order: fc.constantFrom(0, 1, 2),
  end: fc.constantFrom('', '', ';', '; ', ' ', ';;', '; unknown="1"'),
})
const varied = fc.record({
  term,
  title: fc.option(words, { nil: undefined }),
  location: fc.option(words, { nil: undefined }),
})
const runs = fc.array(
  fc.record({
    shape: common,
    titled: fc.boolean(),
    located: fc.boolean(),
    rows: fc.array(varied, { maxLength: 6 }),
  }),
  { maxLength: 4 },
)
type Run = typeof runs extends fc.Arbitrary<readonly (infer T)[]> ? T : never

function lines(all: readonly Run[], semicolon: (line: number) => string): string[] {
  let line = 0
  return all.flatMap(({ shape, titled, located, rows }) =>
    rows.map(({ term, title, location }) => {
      const value = (name: string, text: string | undefined) =>
        text === undefined ? [] : [`${name}="${text}"`]
      const titles = titled ? value('title', title ?? 'T') : []
      const places = located ? value('location', location ?? '/l/') : []
      const lists = [
        ...value('rel', shape.rel),
        ...value('attributes', shape.attributes),
        ...value('actions', shape.actions),
      ]
      const parts = [...value('scheme', shape.scheme), `class=${shape.class}`]
      const orders = [
        [...parts, ...titles, ...lists.slice(0, 1), ...places, ...lists.slice(1)],
        [...places, ...parts, ...lists, ...titles],
        [...lists, ...titles, ...places, ...parts],
      ]
      return [term, ...(orders[shape.order] ?? [])].join(semicolon(line++)) + shape.end
    }),
  )
}

/** All of it as text, in which the two blanks are one. */
function outcome(rendering: 'text/plain' | 'text/occi', text: string, options: ParseOptions): string {
  const message =
    rendering === 'text/plain'
      ? { headers: [], body: text }
      : { headers: [['Category', text] as const], body: '' }
  return JSON.stringify(parsed(), (_, value) => (value instanceof Map ? [...value] : value)).replaceAll(
    '\\t',
    ' ',
  )

  function parsed() {
    try {
      return renderings[rendering].parse(message, { expect: 'model', ...options })
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return { code: error.code, message: error.message, facts: error.facts }
    }
  }
}

const alike = () => '; '
const unlike = (line: number) => (line % 2 === 0 ? '; ' : ';\t')
const modes: readonly ParseOptions[] = [
  {},
  { strict: true },
  { strict: true, version: '1.1' },
  { limits: { nameLength: 6 } },
]

describe('categories that are like the one before', () => {
  it('are read in a body as the whole grammar reads them', () => {
    fc.assert(
      fc.property(runs, fc.constantFrom(...modes), (all, options) => {
        const body = (semicolon: (line: number) => string) =>
          lines(all, semicolon)
            .map((line) => `Category: ${line}\r\n`)
            .join('')
        expect(outcome('text/plain', body(alike), options)).toBe(outcome('text/plain', body(unlike), options))
      }),
      { numRuns: 3000, seed: 7 },
    )
  })

  it('are read in a joined header as the whole grammar reads them', () => {
    fc.assert(
      fc.property(
        runs,
        fc.constantFrom(...modes),
        fc.constantFrom(', ', ',', ' , ', ' '),
        (all, options, comma) => {
          const header = (semicolon: (line: number) => string) => lines(all, semicolon).join(comma)
          expect(outcome('text/occi', header(alike), options)).toBe(
            outcome('text/occi', header(unlike), options),
          )
        },
      ),
      { numRuns: 3000, seed: 7 },
    )
  })

  it('keep what is their own', () => {
    const body = [0, 1, 2]
      .map(
        (i) =>
          `Category: t${i}; scheme="http://a.example/#"; class="mixin"; title="T ${i}"; rel="http://b.example/#x"; location="/t${i}/"\r\n`,
      )
      .join('')
    const { categories } = renderings['text/plain'].parse({ headers: [], body }, { expect: 'model' })
    expect(categories).toStrictEqual(
      [0, 1, 2].map((i) => ({
        class: 'mixin',
        scheme: 'http://a.example/#',
        term: `t${i}`,
        id: `http://a.example/#t${i}`,
        title: `T ${i}`,
        location: `/t${i}/`,
        attributes: new Map(),
        actions: [],
        depends: ['http://b.example/#x'],
        applies: [],
      })),
    )
  })

  it.each([
    ['before the title', 'http://a.example/#', 'http://z.example/#', 'scheme'],
    ['between title and location', 'http://b.example/#x', 'http://z.example/#x', 'depends'],
    ['after the location', 'http://c.example/#y', 'http://z.example/#y', 'actions'],
  ] as const)('are not taken for alike when one differs %s', (_, usual, other, member) => {
    const line = (i: number) =>
      `Category: t${i}; scheme="http://a.example/#"; class="mixin"; title="T"; rel="http://b.example/#x"; location="/t/"; actions="http://c.example/#y"\r\n`
    const body = line(1) + line(2).replace(usual, other) + line(3)
    const { categories } = renderings['text/plain'].parse({ headers: [], body }, { expect: 'model' })
    const found = categories.map((category) => String(category[member as keyof typeof category]))
    expect(found).toEqual([usual, other, usual])
  })
})
