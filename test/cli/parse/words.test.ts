import { describe, expect, it } from 'vitest'
import type { OptionDeclaration } from '../../../src/cli/options/declaration.js'
import { optionsIn, writtenOut } from '../../../src/cli/parse/words.js'

const options: readonly OptionDeclaration[] = [
  { name: 'output', short: 'o', value: 'FORMAT', description: '' },
  { name: 'quiet', short: 'q', description: '' },
  { name: 'wait', value: 'STATE', bare: '', description: '' },
  { name: 'trace', value: 'FILE', bare: '-', description: '' },
]

function found(words: readonly string[]): readonly (readonly [string, string | undefined])[] {
  return [...optionsIn(words, options)].map(({ option, value }) => [option.name, value])
}

describe('optionsIn', () => {
  it('tells the value of an option from words', () => {
    expect(found(['-o', 'json', 'compute', '--output', 'yaml', 'list'])).toEqual([
      ['output', 'json'],
      ['output', 'yaml'],
    ])
  })

  it('understands values that are joined to their option', () => {
    expect(found(['-ojson', '--output=yaml', '-qo', 'csv', 'compute'])).toEqual([
      ['output', 'json'],
      ['output', 'yaml'],
      ['quiet', undefined],
      ['output', 'csv'],
    ])
  })

  it('takes what follows an optional value for a word', () => {
    expect(found(['create', '--wait', 'web', '--wait=active'])).toEqual([
      ['wait', undefined],
      ['wait', 'active'],
    ])
  })

  it('takes a single dash for a word, and everything after two', () => {
    expect(found(['-', '-q', '--', '--wait', '-q'])).toEqual([['quiet', undefined]])
  })

  it('lets an option have a value that looks like an option', () => {
    expect(found(['--output', '--quiet'])).toEqual([['output', '--quiet']])
  })

  it('ends at a word with which other options begin', () => {
    expect([...optionsIn(['-q', 'compute', '-q'], options, (word) => word === 'compute')]).toHaveLength(1)
  })
})

describe('writtenOut', () => {
  it('gives an optional value that is left out after "="', () => {
    expect(writtenOut(['--wait', 'web', '--trace', '--wait=', '--trace=x', '--', '--wait'], options)).toEqual(
      ['--wait=', 'web', '--trace=-', '--wait=', '--trace=x', '--', '--wait'],
    )
  })

  it('leaves the value of another option as it is', () => {
    expect(writtenOut(['--output', '--trace', '-o', '--wait'], options)).toEqual([
      '--output',
      '--trace',
      '-o',
      '--wait',
    ])
  })
})
