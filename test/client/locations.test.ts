import { describe, expect, it } from 'vitest'
import {
  endpointOf,
  lastSegment,
  memberLocation,
  resolveLocation,
  resolveUserLocation,
  sameLocation,
} from '../../src/client/locations.js'

const root = endpointOf('http://127.0.0.1:8787')
const based = endpointOf('https://h.example:8787/occi1.1')

describe('endpointOf', () => {
  it('endpointOf adds a slash and determines the base path', () => {
    expect(root).toMatchObject({
      url: 'http://127.0.0.1:8787/',
      origin: 'http://127.0.0.1:8787',
      basePath: '/',
    })
    expect(based.basePath).toBe('/occi1.1/')
  })

  it('endpointOf accepts the URL of the query interface', () => {
    expect(endpointOf('http://h/occi/-/').url).toBe('http://h/occi/')
    expect(endpointOf('http://h/.well-known/org/ogf/occi/-/').url).toBe('http://h/')
  })

  it('endpointOf drops user, query and fragment', () => {
    expect(endpointOf('http://me:secret@h/x?y#z').url).toBe('http://h/x/')
  })

  it.each(['', 'cloud.example.org', 'ftp://h/', 'sandbox'])(
    'endpointOf refuses %j and describes a valid endpoint',
    (text) => {
      expect(() => endpointOf(text)).toThrow(/not an http/)
    },
  )
})

describe('resolveLocation', () => {
  it.each([
    ['/compute/1', 'http://127.0.0.1:8787/compute/1'],
    ['compute/1', 'http://127.0.0.1:8787/compute/1'],
    [' <http://127.0.0.1:8787/compute/1> ', 'http://127.0.0.1:8787/compute/1'],
    [
      'http://127.0.0.1:8787/Ubuntu Server 14.04 LTS (x86_64)/',
      'http://127.0.0.1:8787/Ubuntu%20Server%2014.04%20LTS%20(x86_64)/',
    ],
    ['/compute/1?action=stop', 'http://127.0.0.1:8787/compute/1?action=stop'],
    // ooi-21
    [
      '/networklink/4201_2216_2001:648:2ffc:15f91',
      'http://127.0.0.1:8787/networklink/4201_2216_2001:648:2ffc:15f91',
    ],
  ])('resolveLocation makes %j absolute', (given, wanted) => {
    expect(resolveLocation(root, given)).toEqual({ url: wanted })
  })

  it('resolveLocation puts a path without the base path below it', () => {
    expect(resolveLocation(based, '/compute/1')?.url).toBe('https://h.example:8787/occi1.1/compute/1')
    expect(resolveLocation(based, '/occi1.1/compute/1')?.url).toBe('https://h.example:8787/occi1.1/compute/1')
    expect(resolveLocation(based, 'os_tpl/3')?.url).toBe('https://h.example:8787/occi1.1/os_tpl/3')
  })

  it("resolveLocation replaces another host by the endpoint's and reports it", () => {
    const resolved = resolveLocation(root, 'http://localhost:8787/compute/1')
    expect(resolved?.url).toBe('http://127.0.0.1:8787/compute/1')
    expect(resolved?.deviation?.code).toBe('foreign-location')
    expect(resolveLocation(root, '//evil.example/compute/1')?.url).toBe('http://127.0.0.1:8787/compute/1')
  })

  it.each(['', '<>', 'urn:uuid:1234', 'javascript:alert(1)', 'ftp://h/x'])(
    'resolveLocation finds no location in %j',
    (text) => {
      expect(resolveLocation(root, text)).toBeUndefined()
    },
  )
})

describe('resolveUserLocation', () => {
  it('resolveUserLocation accepts URLs and paths of the endpoint', () => {
    expect(resolveUserLocation(based, '/compute/1')).toBe('https://h.example:8787/occi1.1/compute/1')
    expect(resolveUserLocation(root, 'http://127.0.0.1:8787/compute/1')).toBe(
      'http://127.0.0.1:8787/compute/1',
    )
  })

  it('resolveUserLocation treats the names of loopback as equal', () => {
    expect(resolveUserLocation(root, 'http://localhost:8787/compute/1')).toBe(
      'http://127.0.0.1:8787/compute/1',
    )
  })

  // Guarantee: credentials-stay
  it('resolveUserLocation refuses another server', () => {
    expect(() => resolveUserLocation(root, 'http://other.example/compute/1')).toThrow(/not the endpoint/)
    expect(() => resolveUserLocation(root, 'http://127.0.0.1:1/compute/1')).toThrow(/not the endpoint/)
  })
})

describe('comparing and building', () => {
  it('locations are compared by path, whatever the host, the escaping and the last slash', () => {
    expect(sameLocation('http://a/compute/x%20y', '/compute/x y/')).toBe(true)
    expect(sameLocation('/compute/1', '/compute/2')).toBe(false)
  })

  it('locations with half a surrogate pair in an id can be compared', () => {
    expect(memberLocation('http://h/compute/', 'a\ud800b')).toBe('http://h/compute/a%EF%BF%BDb')
  })

  it('the location of a member is built from its id', () => {
    expect(memberLocation('http://h/compute/', 'urn:uuid:ab')).toBe('http://h/compute/ab')
    expect(memberLocation('http://h/compute', 'a b/c')).toBe('http://h/compute/a%20b%2Fc')
    expect(lastSegment('http://h/compute/a%20b')).toBe('a b')
  })
})
