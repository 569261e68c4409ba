import { describe, expect, it } from 'vitest'
import { negotiate, parseMediaType, renderingFor } from '../../src/rendering/index.js'

const offered = ['text/plain', 'text/occi', 'application/occi+json']

describe('media types', () => {
  it('a media type has parameters, quoted or not', () => {
    const media = parseMediaType('Text/Plain; charset="utf-8";q=0.5')
    expect(media?.type).toBe('text/plain')
    expect([...(media?.parameters ?? [])]).toEqual([
      ['charset', 'utf-8'],
      ['q', '0.5'],
    ])
  })

  it.each(['', 'x', '/', 'a/', '/b', 'a b/c'])('%j is not a media type', (text) => {
    expect(parseMediaType(text)).toBeUndefined()
  })

  it.each([
    ['text/plain;charset=iso-8859-1', 'text/plain'],
    ['text/occi; charset=utf8', 'text/occi'],
    ['text/occi+plain', 'text/plain'],
    ['application/json', 'json'],
    ['application/json:occi', 'json'],
    ['text/uri-list', 'text/uri-list'],
    ['application/xml', undefined],
    [undefined, undefined],
  ])('%s is rendered by %s', (type, name) => {
    expect(renderingFor(type)?.name).toBe(name)
  })
})

describe('Accept', () => {
  it.each([
    [['x/y', 'text/x', 'text/occi', 'text/plain'], 'text/plain'],
    [['x/y', 'text/x', 'text/occi'], 'text/occi'],
    [['x/y', 'text/x'], 'text/x'],
    [['a/b', 'x/y'], 'x/y'],
  ])('Accept %j is answered by quality, then by the most specific range', (types, chosen) => {
    expect(negotiate('*/*;q=0.1, text/occi;q=0.2, text/*;q=0.2, text/plain, a/b;q=0', types)).toBe(chosen)
  })

  it.each([
    [undefined, 'text/plain'],
    ['*/*', 'text/plain'],
    ['text/occi;q=0.5, text/plain', 'text/plain'],
    ['application/occi+json', 'application/occi+json'],
    ['text/plain;q=0, */*', 'text/occi'],
    ['image/png', undefined],
    ['text/*;q=0.5, application/*', 'application/occi+json'],
  ])('Accept %s is answered with %s', (accept, type) => {
    expect(negotiate(accept, offered)).toBe(type)
  })
})
