/**
 * The grammars of rOCCI's option values: lists with commas, `num(3)`, context variables.
 * Where rOCCI's were defective they are mended: the types are anchored, and a comma that does not begin
 * another pair belongs to the value before it.
 */
import type { AttributeValue } from '../../model/index.js'
import { OptionFault } from './optparse.js'

/**
 * `a=1,b=2` is two pairs; `title=one, two` is one, because ` two` is no pair.
 * Attribute names have dots or are plain words, so a comma before `word=` begins a new pair.
 */
export function splitPairs(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => {
    const pairs: string[] = []
    for (const piece of text.split(',')) {
      const last = pairs.length - 1
      if (last < 0 || /^[A-Za-z0-9][A-Za-z0-9._-]*=/.test(piece)) pairs.push(piece)
      else pairs[last] = `${pairs[last]},${piece}`
    }
    return pairs
  })
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
      throw new OptionFault(`invalid argument: ${pair}`)
    attributes.set(name, parseValue(pair.slice(equals + 1)))
  }
  return attributes
}

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
      return unquoted(text)
  }
  throw new OptionFault(`invalid argument: ${text}`)
}

/** `title='My VM'` as the help shows it: quotes that the shell has left around a whole value. */
function unquoted(text: string): string {
  const match = /^(["'])([\s\S]*)\1$/.exec(text)
  return match?.[2] ?? text
}

export interface ContextVariables {
  readonly publicKey?: string
  readonly userData?: string
}

/** `public_key=…`, `user_data=file:///path`. Throws OptionFault. `readFile` answers text. */
export async function parseContext(
  given: readonly string[],
  readFile: (path: string) => Promise<string>,
): Promise<ContextVariables> {
  const found: { publicKey?: string; userData?: string } = {}
  for (const pair of joinContext(given)) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(equals, 0))
    const value = pair.slice(equals + 1)
    if (equals < 1 || value === '' || (name !== 'public_key' && name !== 'user_data')) {
      throw new OptionFault(`invalid argument: ${name === '' ? pair : name} (only: public_key, user_data)`)
    }
    const text = (value.startsWith('file://') ? await readFile(value.slice('file://'.length)) : value).trim()
    found[name === 'public_key' ? 'publicKey' : 'userData'] = text
  }
  return found
}

/** Only the two known variables begin a pair: SSH options (`from="a,b"`) and scripts keep their commas. */
function joinContext(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => {
    const pairs: string[] = []
    for (const piece of text.split(',')) {
      const last = pairs.length - 1
      if (last < 0 || /^(public_key|user_data)=/.test(piece)) pairs.push(piece)
      else pairs[last] = `${pairs[last]},${piece}`
    }
    return pairs
  })
}
