import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, truncate, wrap } from '../../../src/cli/output/width.js'

describe('display width', () => {
  it.each([
    ['', 0],
    ['web-1', 5],
    ['Ünïcödé', 7],
    ['e\u0301clair', 6],
    ['データベース', 12],
    ['한국어', 6],
    ['\u1112\u1161\u11ab', 2],
    ['ＡＢ', 4],
    ['ｱｲ', 2],
    ['🚀', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['❤', 1],
    ['مرحبا', 5],
    ['می‌خواهم', 7],
    ['𠮷', 2],
    ['กำแพง', 5],
    ['กำแพงน้ำ', 7],
    ['ｶﾞ', 2],
  ])('the display width of %s is %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('truncate', () => {
  it.each(['กำแพงน้ำ', 'ｶﾞｶﾞｶﾞ', 'a\u{1f3fb}a\u{1f3fb}', '\ua960\ud7b0x'])(
    'the display width of %s is the sum of its parts',
    (text) => {
      for (let width = 1; width < 8; width++)
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width)
    },
  )

  it('truncate marks the omission and never cuts through a character', () => {
    expect(truncate('database', 5)).toBe('data…')
    expect(truncate('データベース', 6)).toBe('デー…')
    expect(truncate('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…')
    expect(truncate('web', 3)).toBe('web')
  })

  it('truncate never exceeds the given width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('wrap', () => {
  it('wrap keeps a URL whole, wherever it stands', () => {
    expect(wrap('http://h/compute/1', 8)).toEqual(['http://h/compute/1'])
    expect(wrap('see http://h/compute/1 and more', 8)).toEqual(['see', 'http://h/compute/1', 'and more'])
  })

  it('wrap breaks at spaces, and anywhere when there is none', () => {
    expect(wrap('a machine for tests', 10)).toEqual(['a machine', 'for tests'])
    expect(wrap('a-name-too-long', 8)).toEqual(['a-name-t', 'oo-long'])
    expect(wrap('データベース', 4)).toEqual(['デー', 'タベ', 'ース'])
    expect(wrap('', 4)).toEqual([''])
  })

  it('wrap loses nothing but spaces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(text, width)
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})
