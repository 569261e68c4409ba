import { describe, expect, it } from 'vitest'
import { parseAttributes, parseContext, splitList, splitPairs } from '../../../src/cli/rocci/values.js'

const none = async () => ''

describe('attribute pairs', () => {
  it('are typed by num, float and bool, anchored', () => {
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
  it('may stand behind commas in one option', () => {
    expect(splitPairs(['occi.core.title=x,occi.compute.cores=num(2)'])).toEqual([
      'occi.core.title=x',
      'occi.compute.cores=num(2)',
    ])
  })
  it('keep a comma that begins no other pair', () => {
    expect([...parseAttributes(['occi.core.title=one, two'])]).toEqual([['occi.core.title', 'one, two']])
    expect([...parseAttributes(['t=a;b="c" d'])]).toEqual([['t', 'a;b="c" d']])
  })
  it('lose quotes around the whole value', () => {
    expect([...parseAttributes(['t="My VM"', "u='x'"])]).toEqual([
      ['t', 'My VM'],
      ['u', 'x'],
    ])
  })
  it.each(['title', '=x', 'a=', 'a=num(ten)', 'a=bool(maybe)'])('refuse %s', (pair) => {
    expect(() => parseAttributes([pair])).toThrow('invalid argument')
  })
})

describe('identifiers and URIs', () => {
  it('are split at every comma', () => {
    expect(splitList(['os_tpl#a,resource_tpl#b', 'c#d'])).toEqual(['os_tpl#a', 'resource_tpl#b', 'c#d'])
  })
})

describe('context variables', () => {
  it('keep the commas of an SSH key with options', async () => {
    expect(await parseContext(['public_key=from="a,b" ssh-rsa AAAA me,user_data=#!/bin/sh'], none)).toEqual({
      publicKey: 'from="a,b" ssh-rsa AAAA me',
      userData: '#!/bin/sh',
    })
  })
  it('come from files', async () => {
    const read = async (path: string) => `content of ${path}\n`
    expect(await parseContext(['user_data=file:///tmp/x'], read)).toEqual({ userData: 'content of /tmp/x' })
  })
  it('are only the two known ones', async () => {
    await expect(parseContext(['foo=bar'], none)).rejects.toThrow('public_key, user_data')
  })
})
