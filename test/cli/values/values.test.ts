import { describe, expect, it } from 'vitest'
import { parseCondition } from '../../../src/cli/commands/base/condition.js'
import { parseGibibytes } from '../../../src/cli/values/amount.js'
import { parseAssignment, toAttributes } from '../../../src/cli/values/assignment.js'
import { parseDuration } from '../../../src/cli/values/duration.js'

describe('durations', () => {
  it.each([
    ['30', 30_000],
    ['1.5', 1500],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
  ])('the duration %s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text, '--timeout')).toBe(milliseconds)
  })

  it.each(['', 'soon', '5x', '-1s', '1 m'])(
    'the duration "%s" is refused, and the error names the option',
    (text) => {
      expect(() => parseDuration(text, '--timeout')).toThrow(/--timeout/)
    },
  )
})

describe('amounts', () => {
  it.each([
    ['10', 10],
    ['10G', 10],
    ['10GiB', 10],
    ['512M', 0.5],
    ['1.5T', 1536],
  ])('the amount %s is %d GiB', (text, gibibytes) => {
    expect(parseGibibytes(text, '--size')).toBe(gibibytes)
  })

  it.each(['', 'big', '0', '-1', '10X'])('the amount "%s" is refused', (text) => {
    expect(() => parseGibibytes(text, '--size')).toThrow(/--size/)
  })
})

describe('assignments', () => {
  const definitions = new Map(
    (
      [
        ['occi.compute.cores', 'number'],
        ['occi.compute.hostname', 'string'],
      ] as const
    ).map(([name, type]) => [name, { name, type, mutable: true, required: false }]),
  )
  const read = (...texts: readonly string[]) =>
    Object.fromEntries(
      toAttributes(
        texts.map((text) => parseAssignment(text)),
        definitions,
      ),
    )

  it('an assignment keeps commas, equals signs and blanks in its value', () => {
    expect(read('a.b=x, y=z')).toEqual({ 'a.b': 'x, y=z' })
  })

  it('an assignment takes its type from the model', () => {
    expect(read('occi.compute.cores=4', 'occi.compute.hostname=4')).toEqual({
      'occi.compute.cores': 4,
      'occi.compute.hostname': '4',
    })
  })

  it('an assignment accepts a short name for the only attribute that ends in it', () => {
    expect(read('cores=2')).toEqual({ 'occi.compute.cores': 2 })
  })

  it('an assignment reads JSON after :=', () => {
    expect(read('a.b:=[1,"x"]', 'a.c:=true')).toEqual({ 'a.b': [1, 'x'], 'a.c': true })
  })

  it.each(['cores', '=4', ':=4', 'a.b:={', 'a.b:=null'])('the assignment "%s" is refused', (text) => {
    expect(() => parseAssignment(text)).toThrow(/--attribute/)
  })

  it('an assignment of null says that null is not possible, not that it is no JSON', () => {
    expect(() => parseAssignment('a.b:=null')).toThrow('--attribute a.b:= cannot be null')
  })
})

describe('conditions', () => {
  it.each([
    ['active', { for: 'state', state: 'active' }],
    ['state=error', { for: 'state', state: 'error' }],
    ['deleted', { for: 'deleted' }],
    ['ip', { for: 'ip' }],
    ['occi.compute.cores=2', { for: 'attribute', name: 'occi.compute.cores', value: '2' }],
  ])('the condition %s is read', (text, condition) => {
    expect(parseCondition(text, undefined)).toEqual(condition)
  })

  it.each(['', 'state=', '=active'])('the condition "%s" is refused', (text) => {
    expect(() => parseCondition(text, undefined)).toThrow(/--for/)
  })
})
