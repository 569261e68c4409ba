import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keystoneUri, parseChallenges, parseParameters } from '../../src/auth/challenges.js'
import { anyText } from '../support/mutation.js'

const read = (...values: string[]) =>
  parseChallenges(values.map((value) => ['WWW-Authenticate', value] as const)).map((challenge) => ({
    scheme: challenge.scheme,
    ...(challenge.token68 === undefined ? {} : { token68: challenge.token68 }),
    ...Object.fromEntries(challenge.parameters),
  }))

describe('parseChallenges', () => {
  it.each([
    // rocci2-8
    ["Keystone uri='https://k.example.org:5000/v2.0'", 'https://k.example.org:5000/v2.0'],
    ['Keystone uri="http://127.0.0.1:5000"', 'http://127.0.0.1:5000'],
    ['Keystone uri=https://k.example.org:5000/v3/', 'https://k.example.org:5000/v3/'],
    ['keystone URI="https://k/v3?a=b"', 'https://k/v3?a=b'],
    [
      "snf-auth uri='https://accounts.okeanos.grnet.gr/identity/v2.0'",
      'https://accounts.okeanos.grnet.gr/identity/v2.0',
    ],
    [`Keystone uri='https://k:5000/v2.0', Basic realm="occi"`, 'https://k:5000/v2.0'],
    [`Basic realm="a, Keystone uri='no'", Keystone uri="https://yes"`, 'https://yes'],
    ['Keystone   uri = "https://spaced"', 'https://spaced'],
    ['Keystone realm="x" uri="https://no-comma"', 'https://no-comma'],
  ])('parseChallenges finds the Keystone in %s', (value, uri) => {
    expect(keystoneUri(parseChallenges([['www-authenticate', value]]))).toBe(uri)
  })

  it('parseChallenges reads several challenges of one header and of several headers in order', () => {
    expect(
      read('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"', 'Negotiate'),
    ).toEqual([
      { scheme: 'newauth', realm: 'apps', type: '1', title: 'Login to "apps"' },
      { scheme: 'basic', realm: 'simple' },
      { scheme: 'negotiate' },
    ])
  })

  it('parseChallenges distinguishes a token68 from a parameter', () => {
    expect(read('Negotiate abc/+==, Digest realm="r", nonce="a=b,c"', 'NTLM TlRMTVNTUAAC')).toEqual([
      { scheme: 'negotiate', token68: 'abc/+==' },
      { scheme: 'digest', realm: 'r', nonce: 'a=b,c' },
      { scheme: 'ntlm', token68: 'TlRMTVNTUAAC' },
    ])
  })

  it('parseChallenges reads schemes without parameters, empty list elements and stray characters', () => {
    expect(read(', ,Negotiate,, Basic', '"""Basic realm=x')).toEqual([
      { scheme: 'negotiate' },
      { scheme: 'basic' },
      { scheme: 'basic', realm: 'x' },
    ])
  })

  it("parseChallenges reads Apache's digest challenge, whose nonce contains = and +", () => {
    expect(
      read(
        'Digest realm="occi", nonce="3u+CL/gBgA=f674", algorithm=MD5, domain="/digest", stale=true, qop="auth"',
      ),
    ).toEqual([
      {
        scheme: 'digest',
        realm: 'occi',
        nonce: '3u+CL/gBgA=f674',
        algorithm: 'MD5',
        domain: '/digest',
        stale: 'true',
        qop: 'auth',
      },
    ])
  })

  it('parseChallenges keeps the first of a repeated parameter and survives an unclosed quote', () => {
    expect(read('Basic realm="one", realm="two", charset="UTF-8')).toEqual([
      { scheme: 'basic', realm: 'one', charset: 'UTF-8' },
    ])
  })

  it('parseChallenges treats names like __proto__ as ordinary names', () => {
    const [challenge] = parseChallenges([['WWW-Authenticate', 'X __proto__="a", constructor=b']])
    expect(challenge?.parameters.get('__proto__')).toBe('a')
    expect(challenge?.parameters.get('constructor')).toBe('b')
  })

  it('parseChallenges never throws, whatever the server sends', () => {
    fc.assert(
      fc.property(anyText(200), (text) => {
        for (const { scheme } of parseChallenges([['WWW-Authenticate', text]])) expect(scheme).not.toBe('')
      }),
    )
  })

  it('parseChallenges reads back what a strict printer wrote', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
    const text = fc.string({ maxLength: 20 })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(word, text), { selector: ([name]) => name, minLength: 1 }),
        (pairs) => {
          const printed = pairs
            .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&')}"`)
            .join(', ')
          expect([...parseParameters(printed)]).toEqual(pairs)
        },
      ),
    )
  })

  it('parseChallenges reads a megabyte of quotes and commas in linear time', () => {
    const bad = `Basic ${"a='".repeat(300_000)}`
    expect(parseChallenges([['WWW-Authenticate', bad]]).length).toBeGreaterThan(0)
    expect(parseChallenges([['WWW-Authenticate', `X ${','.repeat(1_000_000)}`]])).toHaveLength(1)
  })
})
