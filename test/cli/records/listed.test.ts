import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFormat } from '../../../src/cli/output/index.js'
import { peek } from '../../../src/cli/output/records.js'
import { listedLocations } from '../../../src/cli/records/listed.js'
import type { Batch } from '../../../src/client/index.js'

async function printed(format: string, batches: readonly Batch<string>[]): Promise<string> {
  async function* source() {
    yield* batches
  }
  // As printOutput does: a look at the first is taken before.
  const { records } = await peek(listedLocations(source()))
  const sheet = { shape: 'list' as const, records, columns: [], selected: false, header: false }
  let text = ''
  for await (const chunk of findFormat(format).format(sheet, {
    terminal: false,
    color: false,
    width: undefined,
  }))
    text += chunk
  return text
}

const location = fc.stringMatching(/^http:\/\/h:80\/[A-Za-z0-9_~.:-]{0,4}(\/[A-Za-z0-9_~.:-]{0,4}){0,3}$/)
const batch = fc.tuple(fc.array(location, { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n'))

describe('listed locations', () => {
  it.each(['name', 'id', 'url', 'ip'])(
    'that came as lines are printed by -o %s as single ones are',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { maxLength: 4 }), async (all) => {
          const single = all.map(([locations]) => locations)
          const lines = all.map(([locations, end]) => ({
            lines: locations.map((one) => one + end).join(''),
            [Symbol.iterator]: () => locations[Symbol.iterator](),
          }))
          expect(await printed(format, lines)).toBe(await printed(format, single))
        }),
        { numRuns: 500, seed: 7 },
      )
    },
  )

  it('that did not come as lines are decoded and escaped', async () => {
    expect(await printed('name', [['http://h/c/a%20b', 'http://h/c/x%1b[1m']])).toBe('a b\nx\\x1b[1m\n')
  })

  it('are records like others', async () => {
    const { first } = await peek(
      listedLocations(
        (async function* () {
          yield ['http://h/c/1']
        })(),
      ),
    )
    expect(first?.data).toEqual({ id: '1', name: '1', url: 'http://h/c/1' })
  })
})
