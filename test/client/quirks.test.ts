/**
 * Every entry of src/client/quirks/README.md is cited, by its number, by the test that holds it (in the test's
 * title, or in the comment beside a row of its table), or stands here with the reason why there is none.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const untested: Readonly<Record<string, string>> = {
  Q35: 'Attributes are shown under the names the provider gives: renamed, nobody could filter by them or send them back.',
  E23: 'A defect of the server: with its default access list nothing is asked for; its 401 is shown as one that names a method we do not know.',
  M12: 'Not needed: what is read and written is known of this server, and learnt of others by asking.',
  'rocci1-5': 'A doubled backslash cannot be distinguished from one that the user wrote; nothing is guessed.',
  'rocci1-11':
    'The fallback to text where JSON is refused is the same for every provider: test/client/negotiation.test.ts.',
}

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'src/client/quirks/README.md'), 'utf8')
const entries = [...page.matchAll(/^\| ([A-Za-z\d-]+\d) \| ([^\n]*) \|$/gm)].map(
  ([, number = '', text = '']) => ({
    number,
    text,
  }),
)

const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      path.endsWith('.test.ts') && path !== 'client/quirks.test.ts' && !path.startsWith('architecture'),
  )
  .map((path) => readFileSync(join(root, 'test', path), 'utf8'))
const cited = new Set(
  tests.flatMap((text) => text.match(/\b(?:[QEM]\d+|(?:ooi|rocci1|rocci2)-\d+)\b/g) ?? []),
)
describe('the numbered observations of each server', () => {
  it('each numbered observation is listed once', () => {
    const numbers = entries.map(({ number }) => number)
    expect(numbers.length).toBeGreaterThan(100)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it.each(entries)(
    'the observation $number is cited by a test, or has a reason to be untested',
    ({ number }) => {
      expect(cited.has(number) !== (untested[number] !== undefined)).toBe(true)
    },
  )

  it('no reason is given for an observation that is not listed', () => {
    const numbers = new Set(entries.map(({ number }) => number))
    expect(Object.keys(untested).filter((number) => !numbers.has(number))).toEqual([])
  })
})
