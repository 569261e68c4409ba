import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { locationReader, ParseError, renderings } from '../../src/rendering/index.js'
import { runs } from '../support/thorough.js'

function read(chunks: readonly string[]): readonly string[] {
  const reader = locationReader()
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

const lists = {
  'text/uri-list': '# uri:/c/\r\nhttp://h/c/1\r\n\r\nhttp://h/c/2',
  'text/plain': '\nX-OCCI-Location: http://h/c/1, http://h/c/2\n',
  'a line each': 'x-occi-location:  http://h/c/1\r\nX-OCCI-Location: http://h/c/2\r\n',
}

describe.each(Object.entries(lists))('locations of %s', (_, text) => {
  it.each([1, 2, 7, 1000])('locations arrive whole, however the text is cut (%i)', async (size) => {
    const chunks: string[] = []
    for (let i = 0; i < text.length; i += size) chunks.push(text.slice(i, i + size))
    expect(read(chunks)).toEqual(['http://h/c/1', 'http://h/c/2'])
  })
})

describe('a location reader', () => {
  it('a location reader returns each location with the chunk that completes it', () => {
    const reader = locationReader()
    expect(reader.push('/c/1\n/c/')).toEqual(['/c/1'])
    expect(reader.push('2')).toEqual([])
    expect(reader.end()).toEqual(['/c/2'])
    expect(reader.end()).toEqual([])
  })

  it('a location reader finds nothing in the body OK, and notes it', () => {
    const reader = locationReader()
    expect([...reader.push('OK'), ...reader.end()]).toEqual([])
    expect(reader.deviations.map(({ code }) => code)).toEqual(['ok-body'])
  })

  it('a location reader refuses prose, naming the line', () => {
    const reader = locationReader()
    expect(() => reader.push('/c/1\nit broke\n')).toThrow(
      expect.objectContaining({ parseCode: 'E_LOCATION', line: 2 }),
    )
  })

  it('a location reader refuses an endless line', () => {
    const reader = locationReader({ limits: { lineLength: 1000 } })
    expect(() => {
      for (let i = 0; i < 1002; i++) reader.push('x')
    }).toThrow(ParseError)
  })

  it('a location reader reads a long list in single characters', () => {
    const count = runs(25_000)
    const text = '/compute/123456789\n'.repeat(count)
    expect(read([...text])).toHaveLength(count)
  })

  it('a location reader reads blocks of plain lines as it reads single lines', () => {
    const line = fc.oneof(
      { weight: 12, arbitrary: fc.stringMatching(/^(\/|https?:\/\/h\/)[a-z0-9_~.:/-]{0,12}$/) },
      fc.constantFrom(
        '',
        ' /c/1 ',
        '# comment',
        'urn:uuid:1',
        '/c/a b',
        '/c/ü',
        '/c?x=/y',
        'prose',
        '/c/\u0007',
        'OK',
      ),
    )
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\r\n', '\r\n', '\n')), { maxLength: 12 })
    const outcome = (run: () => readonly string[]) => {
      try {
        return run()
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
        return error.message
      }
    }
    fc.assert(
      fc.property(lines, fc.nat(40), (all, cut) => {
        const text = all.flat().join('')
        const whole = outcome(() => renderings['text/uri-list'].parse({ headers: [], body: text }).locations)
        const reader = locationReader()
        const pieces = () => [
          ...reader.push(text.slice(0, cut)),
          ...reader.push(text.slice(cut)),
          ...reader.end(),
        ]
        expect(outcome(pieces)).toEqual(whole)
      }),
      { numRuns: runs(2000), seed: 7 },
    )
  })

  it('a location reader counts the lines of a plain block', () => {
    const reader = locationReader()
    reader.push('http://h/1\nhttp://h/2\n')
    expect(() => reader.push('prose\n')).toThrow(expect.objectContaining({ line: 3 }))
  })

  it('a location reader returns a last line without a line end', () => {
    const reader = locationReader()
    expect(reader.push('http://h/1')).toEqual([])
    expect(reader.end()).toEqual(['http://h/1'])
    expect(reader.end()).toEqual([])
  })
})
