import { describe, expect, it } from 'vitest'
import { parseAttributes, parseContext, splitList, splitPairs } from '../../../src/cli/rocci/values.js'

const none = async () => Buffer.alloc(0)

describe('attribute pairs', () => {
  it('attribute pairs are typed by num, float and bool, anchored', () => {
    expect([
      ...parseAttributes(['a=num(3)', 'b=float(2.5)', 'c=bool(true)', 'd=ten num(3) x', 'e=num(-3)']),
    ]).toEqual([
      ['a', 3],
      ['b', 2.5],
      ['c', true],
      ['d', 'ten num(3) x'],
      ['e', -3],
    ])
  })
  it('attribute pairs may be separated by commas in one option', () => {
    expect(splitPairs(['occi.core.title=x,occi.compute.cores=num(2)'])).toEqual([
      'occi.core.title=x',
      'occi.compute.cores=num(2)',
    ])
  })
  it('attribute pairs keep a comma that begins no other pair', () => {
    expect([...parseAttributes(['occi.core.title=one, two'])]).toEqual([['occi.core.title', 'one, two']])
    expect([...parseAttributes(['t=a;b="c" d'])]).toEqual([['t', 'a;b="c" d']])
  })
  it('attribute pairs keep the quotes that the shell has left, as in rOCCI-cli', () => {
    expect([...parseAttributes(['t="My VM"', "u='x'"])]).toEqual([
      ['t', '"My VM"'],
      ['u', "'x'"],
    ])
  })
  it('attribute pairs end at a comma wherever they end in rOCCI-cli', () => {
    expect([...parseAttributes(['t=a,b/c=d,', 'e=f'])]).toEqual([
      ['t', 'a'],
      ['b/c', 'd'],
      ['e', 'f'],
    ])
  })
  it('the last of two attribute pairs with one name counts', () => {
    expect([...parseAttributes(['t=a', 't=b'])]).toEqual([['t', 'b']])
  })
  it.each(['title', '=x', 'a='])('the attribute pair %s is refused', (pair) => {
    expect(() => parseAttributes([pair])).toThrow('Attribute must always contain ATTR=VALUE pairs!')
  })
  it.each(['a=num(ten)', 'a=bool(maybe)'])(
    'the attribute pair %s is refused because of its value',
    (pair) => {
      expect(() => parseAttributes([pair])).toThrow('Failed to cast attribute value')
    },
  )
})

describe('identifiers and URIs', () => {
  it('identifiers and URIs are split at every comma', () => {
    expect(splitList(['os_tpl#a,resource_tpl#b', 'c#d'])).toEqual(['os_tpl#a', 'resource_tpl#b', 'c#d'])
  })
})

describe('context variables', () => {
  it('context variables keep the commas of an SSH key with options', async () => {
    expect(await parseContext(['public_key=from="a,b" ssh-rsa AAAA me,user_data=#!/bin/sh'], none)).toEqual({
      publicKey: 'from="a,b" ssh-rsa AAAA me',
      userData: Buffer.from('#!/bin/sh'),
    })
  })
  it('context variables come from files byte for byte', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0x08, 0, 0xff, 0xfe, 0x20, 0x0a])
    const asked: string[] = []
    const read = async (path: string) => {
      asked.push(path)
      return bytes
    }
    expect(await parseContext(['user_data=file:///tmp/x'], read)).toEqual({ userData: bytes })
    expect(asked).toEqual(['/tmp/x'])
  })
  it('context variables other than the two known ones are refused', async () => {
    await expect(parseContext(['foo=bar'], none)).rejects.toThrow('public_key, user_data')
  })
})
