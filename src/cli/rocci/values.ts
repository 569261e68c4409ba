/**
 * Parses rOCCI's option values: comma-separated lists, `num(3)`, context variables. It differs from rOCCI-cli in two
 * points (see differences.ts): `num(…)` must be the complete value, and a comma that is not followed by another pair
 * belongs to the value.
 */
import type { AttributeValue } from '../../model/index.js'
import { OptionError } from './optparse.js'

/**
 * Splits pairs: `a=1,b=2` gives two; `title=one, two` gives one, because ` two` is not a pair. If
 * every piece is a pair, rOCCI-cli accepted the text, so it is split at every comma. Otherwise rOCCI-cli rejected it,
 * and commas that begin no pair are kept.
 */
export function splitPairs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const pieces = splitList([text])
    // An empty piece in the middle made rOCCI-cli fail.
    if (pieces.length === rubyPieceCount(text) && pieces.every((piece) => /^\S+?=./.test(piece)))
      return pieces
    return joinPieces(text, /^[A-Za-z0-9][A-Za-z0-9._-]*=/)
  })
}

/**
 * The texts of the pairs of context variables. Only the two known ones begin a pair, so that SSH options (`from="a,b"`)
 * and scripts keep their commas.
 */
function contextPairTexts(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => joinPieces(text, /^(public_key|user_data)=/))
}

/** Splits at commas and appends each piece that does not start a pair to the one before it. */
function joinPieces(text: string, pairStart: RegExp): readonly string[] {
  if (text === '') return []
  const pairs: string[] = []
  for (const piece of text.split(',')) {
    const lastIndex = pairs.length - 1
    if (lastIndex < 0 || pairStart.test(piece)) pairs.push(piece)
    else pairs[lastIndex] = `${pairs[lastIndex]},${piece}`
  }
  return pairs
}

/** The number of pieces that Ruby's split gives, which drops empty ones at the end. */
function rubyPieceCount(text: string): number {
  const trimmed = text.replace(/,+$/, '')
  return trimmed === '' ? 0 : trimmed.split(',').length
}

/** Splits lists of identifiers or URIs at every comma. */
export function splitList(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(',')).filter((piece) => piece !== '')
}

/** Parses attributes; keeps their order. Throws OptionError. */
export function parseAttributes(texts: readonly string[]): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>()
  for (const pair of splitPairs(texts)) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(equals, 0))
    if (equals < 1 || /\s/.test(name) || equals === pair.length - 1)
      throw new OptionError('Attribute must always contain ATTR=VALUE pairs!')
    attributes.set(name, parseValue(pair.slice(equals + 1)))
  }
  return attributes
}

/**
 * Parses `num(1)`, `float(1.0)`, `bool(true)` or text. Quotes that reach occi are part of the value, as in rOCCI-cli.
 */
function parseValue(text: string): AttributeValue {
  const typedValue = /^(num|float|bool)\((.*)\)$/.exec(text)
  const inner = typedValue?.[2] ?? ''
  switch (typedValue?.[1]) {
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
  throw new OptionError(`Failed to cast attribute value ${JSON.stringify(text)}!`)
}

export const hostnamePattern =
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

export interface ContextVariables {
  readonly publicKey?: string
  readonly userData?: Buffer
}

const contextVariables = ['public_key', 'user_data'] as const

interface ContextPair {
  readonly name: (typeof contextVariables)[number]
  readonly value: string
}

/** Splits `public_key=…,user_data=…`. Throws OptionError. */
export function splitContext(texts: readonly string[]): readonly ContextPair[] {
  return contextPairTexts(texts).map((pair) => {
    const equals = pair.indexOf('=')
    const value = pair.slice(equals + 1)
    if (equals < 1 || value === '' || /\s/.test(pair.slice(0, equals)))
      throw new OptionError('Context variables must always contain ATTR=VALUE pairs!')
    const variableName = pair.slice(0, equals)
    const name = contextVariables.find((variable) => variable === variableName)
    if (name === undefined) {
      throw new OptionError(
        `Only ${contextVariables.join(', ')} context variables are supported! ${JSON.stringify(variableName)}`,
      )
    }
    return { name, value }
  })
}

/** Parses context variables; reads a value of the form `file:///path` from that file. Throws OptionError. */
export async function parseContext(
  texts: readonly string[],
  readFile: (path: string) => Promise<Buffer>,
): Promise<ContextVariables> {
  const variables: { publicKey?: string; userData?: Buffer } = {}
  for (const { name, value } of splitContext(texts)) {
    const bytes = value.startsWith('file://')
      ? await readFile(value.slice('file://'.length))
      : Buffer.from(value)
    // User data may be compressed, so it must not be converted to a string.
    if (name === 'user_data') variables.userData = bytes
    else variables.publicKey = bytes.toString('utf8').trim()
  }
  return variables
}
