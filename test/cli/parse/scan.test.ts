import { describe, expect, it } from 'vitest'
import type { OptionDeclaration } from '../../../src/cli/options/declaration.js'
import { forCommander, lookupIn, scan } from '../../../src/cli/parse/scan.js'

const options: readonly OptionDeclaration[] = [
  { name: 'output', short: 'o', value: 'FORMAT', description: '' },
  { name: 'quiet', short: 'q', description: '' },
  { name: 'wait', value: 'STATE', bare: '', description: '' },
]
const lookup = lookupIn(options)

function words(argv: readonly string[]): readonly string[] {
  return scan(argv, lookup).flatMap((token) => (token.type === 'word' ? [token.text] : []))
}

describe('scan', () => {
  it('does not take the value of an option for a word', () => {
    expect(words(['-o', 'json', 'compute', '--output', 'yaml', 'list'])).toEqual(['compute', 'list'])
  })

  it('understands values that are glued to their option', () => {
    expect(words(['-ojson', '--output=yaml', '-qo', 'csv', 'compute'])).toEqual(['compute'])
  })

  it('takes what follows a bare optional value for a word', () => {
    expect(words(['create', '--wait', 'web'])).toEqual(['create', 'web'])
  })

  it('takes a single dash for a word, and everything after two', () => {
    expect(words(['-', '--', '--wait', '-q'])).toEqual(['-', '--wait', '-q'])
  })

  it('lets an option have a value that looks like an option', () => {
    const tokens = scan(['--output', '--quiet'], lookup)
    expect(tokens).toMatchObject([{ name: 'output', value: '--quiet' }])
  })

  it('makes a bare optional value explicit for commander', () => {
    expect(
      forCommander(['compute', 'create', '--wait', 'web', '--', '--wait'], lookup, new Set([0, 1])),
    ).toEqual(['--wait=', 'web', '--', '--wait'])
  })
})
