import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  sanitize,
  sanitizeField,
  sanitizeJson,
  sanitizeLines,
  sanitizeQuoted,
} from '../../../src/cli/output/sanitize.js'
import { anyText } from '../../support/mutation.js'

const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u

describe('sanitize', () => {
  it.each([
    ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
    ['an eight-bit escape', '\u009b2J', '\\x9b2J'],
    ['a title change', '\x1b]0;x\x07', '\\x1b]0;x\\x07'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['direction overrides', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
    ['zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['joiners, which make two names look alike', 'a\u200db\u200cc', 'a\\u200db\\u200cc'],
    ['tags, which hide whole sentences', 'a\u{e0041}\u{e007f}', 'a\\udb40\\udc41\\udb40\\udc7f'],
    ['fillers and the soft hyphen', 'a\u3164\u115f\u00ad', 'a\\u3164\\u115f\\xad'],
    ['selectors of variants', 'a\ufe00\u{e0100}', 'a\\ufe00\\udb40\\udd00'],
    ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
    ['NUL and DEL', '\0\x7f', '\\x00\\x7f'],
  ])('sanitize escapes %s', (_, text, shown) => {
    expect(sanitize(text)).toBe(shown)
  })

  it.each(['Zażółć gęślą jaźń', 'データベース', '❤\ufe0f', 'e\u0301', 'C:\\temp'])(
    'sanitize keeps %s',
    (text) => {
      expect(sanitize(text)).toBe(text)
    },
  )

  it('sanitize escapes every character that Unicode calls ignorable, except the variation selectors of emoji', () => {
    const invisible = /\p{Default_Ignorable_Code_Point}/u
    for (let code = 0; code <= 0x10_ffff; code += 1) {
      const character = String.fromCodePoint(code)
      if (!invisible.test(character) || code === 0xfe0e || code === 0xfe0f) continue
      expect(sanitize(character), code.toString(16)).toMatch(/^(\\u[0-9a-f]{4})+$|^\\xad$/)
    }
  })

  // Guarantee: text-not-obeyed
  it('sanitize leaves no dangerous character in any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(dangerous.test(sanitize(text) + sanitizeField(text))).toBe(false)
      }),
    )
  })

  it('sanitize keeps line breaks where a view can show them', () => {
    expect(sanitizeLines('a\r\nb\n\x1b[1mc')).toBe('a\nb\n\\x1b[1mc')
    expect(sanitizeQuoted('a\r\nb\t\x07')).toBe('a\r\nb\t\\x07')
  })
})

describe('fields of tab-separated text', () => {
  it.each(['👨\u200d👩\u200d👧', 'می\u200cخواهم'])(
    'fields of tab-separated text keep the joiners of %s',
    (text) => {
      expect(sanitizeField(text)).toBe(text)
    },
  )

  it('fields of tab-separated text can be read back', () => {
    const readBack = (field: string) =>
      field.replace(/\\(\\|n|r|t|x[0-9a-f]{2}|u[0-9a-f]{4})/g, (_, code: string) => {
        const known: Record<string, string> = { '\\': '\\', n: '\n', r: '\r', t: '\t' }
        return known[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      })
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(readBack(sanitizeField(text))).toBe(text)
      }),
    )
  })
})

describe('JSON', () => {
  it('JSON has the same meaning after sanitizing', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const json = sanitizeJson(JSON.stringify({ [text]: text }, null, 2))
        expect(JSON.parse(json)).toEqual({ [text]: text })
        expect(dangerous.test(json.replaceAll('\n', ''))).toBe(false)
      }),
    )
  })
})
