/** Writes JSON like JSON.stringify, but keeps `2.0` and integers beyond 2^53. */
import type { AttributeValue } from '../../model/index.js'
import { refuse } from '../error.js'

/** A number with the text to write for it. */
export class Lexeme {
  constructor(readonly text: string) {}
}

export type Writable =
  | string
  | number
  | bigint
  | boolean
  | Lexeme
  | readonly Writable[]
  | ReadonlyMap<string, Writable>
  | { readonly [key: string]: Writable }

export function writeJson(value: Writable): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) refuse('E_RENDER', `${value} is not a number that JSON can express`)
      return JSON.stringify(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return composite(value)
  }
}

/** An attribute's array or object as JSON text. */
export function valueText(value: AttributeValue): string {
  return writeJson(value)
}

/** An object to write, without the undefined members. */
export function members(pairs: Readonly<Record<string, Writable | undefined>>): Map<string, Writable> {
  const present = new Map<string, Writable>()
  for (const [name, value] of Object.entries(pairs)) if (value !== undefined) present.set(name, value)
  return present
}

function composite(value: Exclude<Writable, string | number | bigint | boolean>): string {
  if (value instanceof Lexeme) return value.text
  if (isList(value)) return `[${value.map(writeJson).join(',')}]`
  const parts: string[] = []
  for (const [name, member] of isMap(value) ? value : Object.entries(value)) {
    parts.push(`${JSON.stringify(name)}:${writeJson(member)}`)
  }
  return `{${parts.join(',')}}`
}

function isList(value: object): value is readonly Writable[] {
  return Array.isArray(value)
}

function isMap(value: object): value is ReadonlyMap<string, Writable> {
  return value instanceof Map
}
