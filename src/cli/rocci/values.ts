/**
 * Parses rOCCI's option values: lists with commas, `num(3)`, context variables. Two defects of rOCCI are
 * corrected: types are anchored, and a comma that does not begin another pair belongs to the value before it.
 */
import type { AttributeValue } from '../../model/index.js'
import { OptionFault } from './optparse.js'

/**
 * `a=1,b=2` is two pairs; `title=one, two` is one, because ` two` is not a pair. Lines that rOCCI-cli
 * accepted are split at every comma, as it did; only lines that it refused keep commas.
 */
export function splitPairs(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => {
    const pieces = splitList([text])
    if (pieces.length === commas(text) && pieces.every((piece) => /^\S+?=./.test(piece))) return pieces
    return joined(text, /^[A-Za-z0-9][A-Za-z0-9._-]*=/)
  })
}

/**
 * Only the two known variables begin a pair, so that SSH options (`from="a,b"`) and scripts keep their
 * commas.
 */
function joinContext(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => joined(text, /^(public_key|user_data)=/))
}

/** A piece that does not begin a pair belongs to the one before it. */
function joined(text: string, begins: RegExp): readonly string[] {
  if (text === '') return []
  const pairs: string[] = []
  for (const piece of text.split(',')) {
    const last = pairs.length - 1
    if (last < 0 || begins.test(piece)) pairs.push(piece)
    else pairs[last] = `${pairs[last]},${piece}`
  }
  return pairs
}

/** The number of pieces in Ruby, which drops empty ones at the end. */
function commas(text: string): number {
  const trimmed = text.replace(/,+$/, '')
  return trimmed === '' ? 0 : trimmed.split(',').length
}

/** Lists of identifiers and URIs: every comma separates. */
export function splitList(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => text.split(',')).filter((piece) => piece !== '')
}

/** Throws OptionFault. A Map in the order given. */
export function parseAttributes(given: readonly string[]): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>()
  for (const pair of splitPairs(given)) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(equals, 0))
    if (equals < 1 || /\s/.test(name) || equals === pair.length - 1)
      throw new OptionFault('Attribute must always contain ATTR=VALUE pairs!')
    attributes.set(name, parseValue(pair.slice(equals + 1)))
  }
  return attributes
}

/** Quotes that the shell has left are part of the value, as in rOCCI-cli. */
function parseValue(text: string): AttributeValue {
  const typed = /^(num|float|bool)\((.*)\)$/.exec(text)
  const inner = typed?.[2] ?? ''
  switch (typed?.[1]) {
    case 'num':
      if (/^-?\d+$/.test(inner)) return Number(inner)
      break
    case 'float':
      if (/^-?\d+(\.\d+)?$/.test(inner)) return Number(inner)
      break
    case 'bool':
      if (inner === 'true' || inner === 'false') return inner === 'true'
      break
    default:
      return text
  }
  throw new OptionFault(`Failed to cast attribute value ${JSON.stringify(text)}!`)
}

export interface ContextVariables {
  readonly publicKey?: string
  readonly userData?: Buffer
}

const variables = ['public_key', 'user_data'] as const

interface ContextPair {
  readonly name: (typeof variables)[number]
  readonly value: string
}

/** `public_key=…`, `user_data=…`. Throws OptionFault. */
export function splitContext(given: readonly string[]): readonly ContextPair[] {
  return joinContext(given).map((pair) => {
    const equals = pair.indexOf('=')
    const value = pair.slice(equals + 1)
    if (equals < 1 || value === '' || /\s/.test(pair.slice(0, equals)))
      throw new OptionFault('Context variables must always contain ATTR=VALUE pairs!')
    const word = pair.slice(0, equals)
    const name = variables.find((variable) => variable === word)
    if (name === undefined) {
      throw new OptionFault(
        `Only ${variables.join(', ')} context variables are supported! ${JSON.stringify(word)}`,
      )
    }
    return { name, value }
  })
}

/** Reads the bytes of `file:///path`. Throws OptionFault. */
export async function parseContext(
  given: readonly string[],
  readFile: (path: string) => Promise<Buffer>,
): Promise<ContextVariables> {
  const found: { publicKey?: string; userData?: Buffer } = {}
  for (const { name, value } of splitContext(given)) {
    const bytes = value.startsWith('file://')
      ? await readFile(value.slice('file://'.length))
      : Buffer.from(value)
    // User data may be compressed, so it must not be converted to a string.
    if (name === 'user_data') found.userData = bytes
    else found.publicKey = bytes.toString('utf8').trim()
  }
  return found
}
