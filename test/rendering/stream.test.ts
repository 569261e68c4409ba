import { describe, expect, it } from 'vitest'
import { locationReader, ParseError, readLocations } from '../../src/rendering/index.js'

async function read(chunks: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for await (const location of readLocations(chunks)) found.push(location)
  return found
}

const lists = {
  'text/uri-list': '# uri:/c/\r\nhttp://h/c/1\r\n\r\nhttp://h/c/2',
  'text/plain': '\nX-OCCI-Location: http://h/c/1, http://h/c/2\n',
  'a line each': 'x-occi-location:  http://h/c/1\r\nX-OCCI-Location: http://h/c/2\r\n',
}

describe.each(Object.entries(lists))('locations of %s', (_, text) => {
  it.each([1, 2, 7, 1000])('arrive whole, however the text is cut (%i)', async (size) => {
    const chunks: string[] = []
    for (let i = 0; i < text.length; i += size) chunks.push(text.slice(i, i + size))
    expect(await read(chunks)).toEqual(['http://h/c/1', 'http://h/c/2'])
  })
})

describe('a location reader', () => {
  it('gives each location with the chunk that completes it', () => {
    const reader = locationReader()
    expect(reader.push('/c/1\n/c/')).toEqual(['/c/1'])
    expect(reader.push('2')).toEqual([])
    expect(reader.end()).toEqual(['/c/2'])
    expect(reader.end()).toEqual([])
  })

  it('finds nothing in an OK, and says so', () => {
    const reader = locationReader()
    expect([...reader.push('OK'), ...reader.end()]).toEqual([])
    expect(reader.deviations.map(({ code }) => code)).toEqual(['ok-body'])
  })

  it('refuses prose, with its line', () => {
    const reader = locationReader()
    expect(() => reader.push('/c/1\nit broke\n')).toThrow(
      expect.objectContaining({ parseCode: 'E_LOCATION', line: 2 }),
    )
  })

  it('keeps no endless line', () => {
    const reader = locationReader({ limits: { lineLength: 1000 } })
    expect(() => {
      for (let i = 0; i < 1002; i++) reader.push('x')
    }).toThrow(ParseError)
  })

  it('reads half a megabyte in single characters', async () => {
    const text = '/compute/123456789\n'.repeat(25_000)
    expect(await read([...text])).toHaveLength(25_000)
  })
})
