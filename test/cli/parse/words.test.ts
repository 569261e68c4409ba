import { describe, expect, it } from 'vitest'
import type { OptionDeclaration } from '../../../src/cli/options/declaration.js'
import { optionsIn, withDefaultValues } from '../../../src/cli/parse/words.js'

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
  it('optionsIn distinguishes the value of an option from words', () => {
    expect(found(['-o', 'json', 'compute', '--output', 'yaml', 'list'])).toEqual([
      ['output', 'json'],
      ['output', 'yaml'],
    ])
  })

  it('optionsIn reads values that are joined to their option', () => {
    expect(found(['-ojson', '--output=yaml', '-qo', 'csv', 'compute'])).toEqual([
      ['output', 'json'],
      ['output', 'yaml'],
      ['quiet', undefined],
      ['output', 'csv'],
    ])
  })

  it('optionsIn says where the words after an option and its value begin', () => {
    const next = (...words: string[]) => [...optionsIn(words, options)].map((each) => each.next)
    expect(next('-o', 'json', 'json')).toEqual([2])
    expect(next('-ojson', 'json')).toEqual([1])
    expect(next('--output=json', 'json')).toEqual([1])
    expect(next('-qo', 'csv', '--wait', 'csv')).toEqual([1, 2, 3])
  })

  it('optionsIn takes what follows an optional value for a word', () => {
    expect(found(['create', '--wait', 'web', '--wait=active'])).toEqual([
      ['wait', undefined],
      ['wait', 'active'],
    ])
  })

  it('optionsIn takes a single dash for a word, and everything after two dashes', () => {
    expect(found(['-', '-q', '--', '--wait', '-q'])).toEqual([['quiet', undefined]])
  })

  it('optionsIn accepts a value that looks like an option', () => {
    expect(found(['--output', '--quiet'])).toEqual([['output', '--quiet']])
  })

  it('optionsIn ends at a word after which other options begin', () => {
    expect([...optionsIn(['-q', 'compute', '-q'], options, (word) => word === 'compute')]).toHaveLength(1)
  })
})

describe('writtenOut', () => {
  it('withDefaultValues inserts the default of an optional value after "="', () => {
    expect(
      withDefaultValues(['--wait', 'web', '--trace', '--wait=', '--trace=x', '--', '--wait'], options),
    ).toEqual(['--wait=', 'web', '--trace=-', '--wait=', '--trace=x', '--', '--wait'])
  })

  it('withDefaultValues leaves the value of another option unchanged', () => {
    expect(withDefaultValues(['--output', '--trace', '-o', '--wait'], options)).toEqual([
      '--output',
      '--trace',
      '-o',
      '--wait',
    ])
  })
})
