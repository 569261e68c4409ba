import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { personaNames } from '../../src/sandbox/index.js'
import { runs } from '../support/thorough.js'
import { attribute, cloud, infra, kind, text } from './client.js'

const words = [
  'Category: ',
  'Link: ',
  'X-OCCI-Attribute: ',
  'X-OCCI-Location: ',
  'compute',
  `scheme="${infra}"`,
  'class="kind"',
  'class="mixin"',
  '; ',
  ', ',
  '"',
  '\\',
  '\r\n',
  '\0',
  '=',
  '</network/public>',
  'rel="',
  'occi.core.title',
  'occi.core.id',
  '__proto__',
  '{',
  '}',
  '[',
  ']',
  ':',
  'null',
  '1e999',
  '../..',
  '%',
  '%00',
  'ü',
  '😀',
]
const soup = fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join(''))
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'BREW')
const target = fc.oneof(
  fc.constantFrom(
    '/-/',
    '/',
    '/compute/',
    '/network/public',
    '/network/public?action=down',
    '/os_tpl/',
    '*',
    '',
  ),
  soup.map((text) => `/${text}`),
  soup.map((text) => `/compute/?${text}`),
)
const type = fc.constantFrom(
  'text/plain',
  'text/occi',
  'text/uri-list',
  'application/occi+json',
  'a/b',
  '',
  ';;',
)

describe.each(personaNames())('the persona %s', (name) => {
  it('any request is answered without an internal failure', async () => {
    await fc.assert(
      fc.asyncProperty(
        method,
        target,
        type,
        type,
        soup,
        soup,
        async (verb, at, accept, content, body, header) => {
          const headers = [['X-OCCI-Attribute', header] as const, ['Category', header] as const]
          const answer = await cloud({ as: name }).ask(verb, at, { accept, type: content, body, headers })
          expect(answer.status).toBeGreaterThanOrEqual(200)
          expect(answer.body).not.toContain('The sandbox failed')
          for (const [, value] of answer.headers) expect(value).not.toMatch(/[\r\n\0]/)
        },
      ),
      { seed: 20261121, numRuns: runs(300) },
    )
  })
})

describe('hostile messages', () => {
  const json = (body: unknown) => ({ type: 'application/occi+json', body: JSON.stringify(body) })

  it.each([
    ['null', null, 400],
    ['a number', 7, 400],
    ['a kind that is an object', { kind: { a: 1 } }, 400],
    ['links that are no list', { kind: `${infra}compute`, links: 'x' }, 201],
    [
      'a link without a target',
      { kind: `${infra}compute`, links: [{ kind: `${infra}networkinterface` }] },
      400,
    ],
    ['an empty identifier', { kind: `${infra}compute`, id: '' }, 400],
    ['attributes that are a list', { kind: `${infra}compute`, attributes: [1] }, 201],
  ])('a hostile message is refused or harmless: %s', async (_, body, status) => {
    const answer = await cloud().ask('POST', '/compute/', json(body))
    expect(answer.status).toBe(status)
    expect(answer.body).not.toContain('The sandbox failed')
  })

  it('hostile messages keep an identifier inside of its collection', async () => {
    const at = cloud()
    for (const id of ['../../-/', '..', '/', 'a/b', 'urn:uuid:../x', 'x y"<>']) {
      const answer = await at.ask('POST', '/compute/', json({ kind: `${infra}compute`, id }))
      if (answer.status !== 201) continue
      expect(answer.header('Location')).toMatch(/^http:\/\/sandbox\/compute\/[A-Za-z0-9._~-]+$/)
    }
  })

  it('hostile messages do not put a line end into a header or a text', async () => {
    const at = cloud()
    const made = await at.ask(
      'POST',
      '/compute/',
      json({ kind: `${infra}compute`, id: 'x', title: 'a\r\nSet-Cookie: b=c' }),
    )
    expect(made.status).toBe(201)
    for (const accept of ['text/occi', 'text/plain']) {
      const answer = await at.ask('GET', '/compute/x', { accept })
      expect([answer.status, answer.body.includes('\nSet-Cookie')]).toEqual([406, false])
    }
    const shown = await at.ask('GET', '/compute/x', { accept: 'application/occi+json' })
    expect(shown.json()['title']).toBe('a\r\nSet-Cookie: b=c')
  })

  it('hostile messages do not create an entity below the query interface', async () => {
    for (const path of ['/-/x', '/.well-known/x', '/-']) {
      expect((await cloud().ask('PUT', path, text(kind('compute')))).status).toBe(400)
    }
  })

  it('hostile messages do not change the prototype of objects', async () => {
    const at = cloud()
    await at.ask('POST', '/compute/', text(`${kind('compute')}${attribute('a.__proto__.polluted', 'x')}`))
    await at.ask(
      'POST',
      '/compute/',
      json(JSON.parse(`{"kind":"${infra}compute","attributes":{"__proto__":{"polluted":1}}}`)),
    )
    expect('polluted' in {}).toBe(false)
  })
})
