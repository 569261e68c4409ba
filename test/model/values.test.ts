import { describe, expect, it } from 'vitest'
import {
  type AttributeType,
  type AttributeValue,
  attributesFrom,
  COMPUTE,
  coerce,
  infrastructureCategories,
  ipAddressesOf,
  type Link,
  Model,
  NETWORK_INTERFACE,
  type Resource,
  stateOf,
  suggest,
} from '../../src/model/index.js'
import { id } from './categories.js'

describe('suggest', () => {
  it.each([
    ['debain', ['debian', 'ubuntu'], ['debian']],
    ['STRAT', ['start', 'stop'], ['start']],
    ['memroy', ['occi.compute.memory', 'occi.compute.cores'], ['occi.compute.memory']],
    ['24.04', ['ubuntu-24.04', 'ubuntu-22.04'], ['ubuntu-24.04', 'ubuntu-22.04']],
    ['zzzzzz', ['start'], []],
    ['', ['a'], []],
    ['aa', ['ab'], []],
  ])('suggest for %s of %j returns %j', (word, candidates, expected) => {
    const found = suggest(word, candidates)
    expect(found[0]).toBe(expected[0])
    if (expected.length === 0) expect(found).toEqual([])
  })

  it('suggest returns three names at most, nearest first, each once', () => {
    const found = suggest('images', ['images12', 'imagesx', 'imagesx', 'images1234', 'imagesyy', 'images'])
    expect(found).toEqual(['images', 'imagesx', 'images12'])
  })
})

describe('coerce', () => {
  it.each<[AttributeType | undefined, string, AttributeValue]>([
    ['number', '2', 2],
    ['number', ' -1.5e3 ', -1500],
    ['number', '9007199254740993', 9007199254740993n],
    ['number', '0x10', '0x10'],
    ['number', '1e999', '1e999'],
    ['number', '', ''],
    ['boolean', 'TRUE', true],
    ['boolean', 'false', false],
    ['boolean', 'yes', 'yes'],
    ['string', '2', '2'],
    ['array', '["a",1]', ['a', 1]],
    ['array', 'a,b', 'a,b'],
    ['object', '{"k":1}', { k: 1 }],
    ['object', '[1]', '[1]'],
    [undefined, '2', '2'],
  ])('coerce reads as %s the text %j', (type, text, expected) => {
    expect(coerce({ name: 'x.a', ...(type !== undefined && { type }) }, text)).toEqual(expected)
  })

  it('coerce knows the numbers of OCCI infrastructure without a definition of their type', () => {
    expect(coerce({ name: 'occi.compute.cores' }, '2')).toBe(2)
    expect(coerce({ name: 'occi.compute.speed' }, '2.4')).toBe(2.4)
    expect(coerce({ name: 'occi.compute.hostname' }, '2')).toBe('2')
    expect(coerce(undefined, '2')).toBe('2')
  })
})

describe('attributesFrom', () => {
  it('attributesFrom copies records and maps and leaves out undefined members', () => {
    expect([...attributesFrom({ a: 1, b: undefined })]).toEqual([['a', 1]])
    const source = new Map([['a.__proto__.b', 'x']])
    const copy = attributesFrom(source)
    expect(copy).toEqual(source)
    expect(copy).not.toBe(source)
    expect(attributesFrom(undefined).size).toBe(0)
  })
})

function resource(attributes: Record<string, AttributeValue>, links: Link[] = [], kind = COMPUTE): Resource {
  return { type: 'resource', kind, mixins: [], attributes: attributesFrom(attributes), links, actions: [] }
}

function nic(attributes: Record<string, AttributeValue>): Link {
  return {
    type: 'link',
    kind: NETWORK_INTERFACE,
    mixins: [],
    attributes: attributesFrom(attributes),
    actions: [],
  }
}

describe('stateOf', () => {
  it('stateOf reads the state attribute of the model, of the term, or the only one', () => {
    const vm = resource({ 'occi.compute.state': 'active', 'occi.compute.state.message': 'up' })
    expect(stateOf(vm, new Model(infrastructureCategories()))).toBe('active')
    expect(stateOf(vm)).toBe('active')
    expect(stateOf({ ...vm, kind: id('http://x#vm') })).toBe('active')
    expect(stateOf(resource({}))).toBeUndefined()
  })
})

describe('ipAddressesOf', () => {
  it('ipAddressesOf returns the addresses of links first, then those of the resource, each once', () => {
    const found = ipAddressesOf(
      resource({ 'org.example.public.ip': '192.0.2.9', 'org.example.internal.address': '10.0.0.3' }, [
        nic({ 'occi.networkinterface.address': '10.0.0.3', 'occi.networkinterface.gateway': '10.0.0.1' }),
        nic({ 'occi.networkinterface.address': '2001:db8::5/64' }),
      ]),
    )
    expect(found).toEqual(['10.0.0.3', '2001:db8::5', '192.0.2.9'])
  })

  it('ipAddressesOf reads several addresses in one attribute and leaves out other text', () => {
    const found = ipAddressesOf(
      resource({
        'x.ip': '10.0.0.1, 10.0.0.2,nope,999.1.1.1,::',
        'x.ipv6': ['fe80::1'],
        'x.mac': 'aa:bb:cc',
      }),
    )
    expect(found).toEqual(['10.0.0.1', '10.0.0.2', 'fe80::1'])
  })

  it('ipAddressesOf does not take the range of a network for an address', () => {
    expect(ipAddressesOf(resource({ 'occi.network.address': '10.0.0.0/24' }))).toEqual([])
  })
})
