import { describe, expect, it } from 'vitest'
import { matches, parseComparison } from '../../../src/cli/values/comparison.js'

const check = (text: string, ...values: readonly unknown[]) => matches(parseComparison(text), values)

describe('a comparison', () => {
  it.each([
    ['state=active', ['active'], true],
    ['state=active', ['inactive'], false],
    ['state==active', ['active'], true],
    ['state!=active', ['inactive'], true],
    ['state!=active', ['active'], false],
    ['state!=active', [], true],
    ['title=', [], true],
    ['title!=', [], false],
    ['title!=', ['web'], true],
    ['cores=2', [2], true],
    ['cores=2.0', [2], true],
    ['cores>=2', [2], true],
    ['cores>2', [2], false],
    ['cores<3', [2], true],
    ['cores<=1', ['2'], false],
    ['cores>1', [], false],
    ['memory>=4G', [4], true],
    ['memory>=512M', [0.5], true],
    ['memory=512M', [0.5], true],
    ['on=TRUE', [true], true],
    ['url=http://h/?a=b', ['http://h/?a=b'], true],
    ['name=web*', ['web-1'], true],
    ['name=web*', ['wob-1'], false],
    ['name=*-1', ['web-1'], true],
    ['name=w*b*1', ['wabab-b1'], true],
    ['name!=web*', ['db'], true],
    ['name=web', ['web-1'], false],
    ['ip=10.0.0.1', ['192.0.2.1', '10.0.0.1'], true],
    ['ip!=10.0.0.1', ['192.0.2.1', '10.0.0.1'], false],
  ] as const)('the comparison %s of %j is %s', (text, values, expected) => {
    expect(check(text, ...values)).toBe(expected)
  })

  it.each(['state', '=active', '', 'cores>many'])('"%s" is refused as a comparison', (text) => {
    expect(() => parseComparison(text)).toThrow('--where')
  })

  it('a comparison takes linear time, with and without stars', () => {
    expect(check(`name=${'*a'.repeat(50)}*b`, 'a'.repeat(2000))).toBe(false)
  })
})
