import { describe, expect, it } from 'vitest'
import { familyOf, isLocalOnly, isPublic, isQualifiedHostName } from '../../../src/cli/values/address.js'

describe('an address', () => {
  it.each([
    ['8.8.8.8', 4, true],
    ['203.0.113.7', 4, true],
    ['10.1.2.3', 4, false],
    ['172.31.0.1', 4, false],
    ['172.32.0.1', 4, true],
    ['192.168.1.1', 4, false],
    ['100.64.0.1', 4, false],
    ['127.0.0.1', 4, false],
    ['169.254.169.254', 4, false],
    ['224.0.0.1', 4, false],
    ['2001:db8::1', 6, true],
    ['fd00::1', 6, false],
    ['fe80::1', 6, false],
    ['::1', 6, false],
    ['ff02::1', 6, false],
    ['::ffff:10.0.0.1', 6, false],
    ['1::2::3', undefined, false],
    ['fe80::1%eth0', undefined, false],
    ['1.2.3', undefined, false],
    ['-oProxyCommand=x', undefined, false],
    ['', undefined, false],
  ])('the address %j has family %s and public is %s', (address, family, open) => {
    expect([familyOf(address), isPublic(address)]).toEqual([family, open])
  })

  it('isLocalOnly recognises loopback, link-local and unspecified addresses', () => {
    expect(['127.0.0.1', '::1', 'fe80::1', '0.0.0.0'].every(isLocalOnly)).toBe(true)
    expect(['10.0.0.1', '2001:db8::1'].some(isLocalOnly)).toBe(false)
  })
})

describe('a host name', () => {
  it.each(['vm.example.org', 'a-b.c1.org', 'x.y'])('%s is a full host name', (name) =>
    expect(isQualifiedHostName(name)).toBe(true),
  )
  it.each([
    'web',
    '-x.example.org',
    'a b.org',
    'a..b',
    'a.b;rm',
    '1.2.3.4',
    `${'a'.repeat(64)}.org`,
    '',
    'é.org',
    'a.org\n',
  ])('%j is not accepted as a full host name', (name) => expect(isQualifiedHostName(name)).toBe(false))
})
