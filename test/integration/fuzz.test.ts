import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { HeaderPair } from '../../src/basics/http.js'
import { errorMessage, ParseError, readMessage, renderings } from '../../src/rendering/index.js'
import { generator, mutate } from '../support/mutation.js'

/**
 * The slow part of the parsers' tests: at least a million mutated messages, from every capture and vector,
 * with a fixed seed. Nothing may be thrown but a ParseError, no prototype may change, and nothing may take
 * much longer than its length allows.
 */
const wanted = 1_000_000
const fixtures = join(import.meta.dirname, '../fixtures')

interface Seed {
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

function seeds(): Seed[] {
  const found: Seed[] = []
  for (const name of readdirSync(join(fixtures, 'captures'))) {
    for (const line of readFileSync(join(fixtures, 'captures', name), 'utf8').split('\n')) {
      if (line === '') continue
      const { response } = JSON.parse(line) as { response: { headers: HeaderPair[]; body: string | null } }
      // A window of each long body: a million whole models would take hours and say no more.
      const body = response.body ?? ''
      for (let at = 0; at < Math.min(body.length, 3000); at += 600) {
        found.push({
          headers: response.headers
            .filter(([name]) => /category|link|occi/i.test(name))
            .map(([n, v]) => [n, v.slice(0, 500)]),
          body: body.slice(at, at + 600),
        })
      }
    }
  }
  for (const { input } of JSON.parse(readFileSync(join(fixtures, 'vectors.json'), 'utf8')) as {
    input: unknown
  }[]) {
    if (typeof input === 'string') found.push({ headers: [], body: input })
    else if (Array.isArray(input) && input.every((pair) => Array.isArray(pair) && pair.length === 2)) {
      found.push({ headers: input as HeaderPair[], body: '' })
    }
  }
  return found
}

it(`${wanted.toLocaleString('en')} mutated messages are read or cause a ParseError`, () => {
  const random = generator(20261121)
  const all = seeds()
  const kinds = Object.values(renderings)
  const expectations = ['model', 'entity', 'collection', 'action', 'any'] as const
  const types = [undefined, 'text/plain', 'text/occi', 'text/uri-list', 'application/occi+json', 'text/html']
  let parsed = 0
  let refused = 0
  let slowest = 0
  for (let run = 0; run < wanted; run++) {
    const { headers, body } = all[random(all.length)] ?? { headers: [], body: '' }
    const message = {
      headers:
        random(2) === 0 ? headers : headers.map(([name, value]): HeaderPair => [name, mutate(value, random)]),
      body: mutate(body, random),
    }
    const expect_ = expectations[random(expectations.length)] ?? 'any'
    const started = process.hrtime.bigint()
    try {
      const which = random(kinds.length + 1)
      const kind = kinds[which]
      const contentType = types[random(types.length)]
      if (kind !== undefined) kind.parse(message, { expect: expect_, strict: random(4) === 0 })
      else readMessage(message, { expect: expect_, ...(contentType === undefined ? {} : { contentType }) })
      parsed++
    } catch (error) {
      if (!(error instanceof ParseError))
        throw new Error(`not a ParseError for ${JSON.stringify(message)}`, { cause: error })
      refused++
      if (run % 16 === 0) errorMessage(message)
    }
    const took = Number(process.hrtime.bigint() - started) / 1e6
    if (took > slowest) slowest = took
  }
  process.stdout.write(
    `fuzz: ${wanted} inputs from ${all.length} seeds: ${parsed} parsed, ${refused} refused, slowest ${slowest.toFixed(0)} ms\n`,
  )
  expect(parsed + refused).toBe(wanted)
  expect(parsed).toBeGreaterThan(1000)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}, 600_000)

// Guarantee: refused-in-words
it('reading a message takes linear time: eight times the text, about eight times the time', () => {
  const bait = [
    (n: number) => `X-OCCI-Attribute: a="${'\\'.repeat(n)}`,
    (n: number) => `Category: x; scheme="http://x#"; class="kind"; attributes="${'a{'.repeat(n)}"`,
    (n: number) => `Link: ${'<'.repeat(n)}`,
    (n: number) => `X-OCCI-Attribute: ${'a="b", '.repeat(n / 8)}`,
    (n: number) => '['.repeat(n),
    (n: number) => `X-OCCI-Attribute: a="${'"x'.repeat(n)}`,
  ]
  const limits = { size: 1e9, lineLength: 1e9, elements: 1e9, nameLength: 1e9 }
  for (const make of bait) {
    const time = (n: number): number => {
      const text = make(n)
      let best = Number.POSITIVE_INFINITY
      for (let round = 0; round < 5; round++) {
        const started = process.hrtime.bigint()
        for (const kind of Object.values(renderings)) {
          try {
            kind.parse({ headers: [], body: text }, { limits })
          } catch (error) {
            if (!(error instanceof ParseError)) throw error
          }
        }
        best = Math.min(best, Number(process.hrtime.bigint() - started) / 1e6)
      }
      return best
    }
    time(20_000)
    // Quadratic would be 64; the rest is room for a busy machine.
    expect(time(320_000) / Math.max(time(40_000), 0.5)).toBeLessThan(40)
  }
}, 120_000)
