/** Writes JSON like JSON.stringify, but keeps `2.0` and integers beyond 2^53. */
import { failToPrint } from '../error.js'

/** A number that is written as this text. */
export class Lexeme {
  constructor(readonly text: string) {}
}

/** A value that can be written as JSON. */
export type Writable =
  | string
  | number
  | bigint
  | boolean
  | Lexeme
  | readonly Writable[]
  | ReadonlyMap<string, Writable>
  | { readonly [key: string]: Writable }

/** Returns JSON text. Throws ParseError E_RENDER for numbers that JSON cannot express. */
export function writeJson(value: Writable): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) failToPrint('E_RENDER', `${value} is not a number that JSON can express`)
      return JSON.stringify(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return writeComposite(value)
  }
}

/** Returns an object to write, without the members that are undefined. */
export function members(pairs: Readonly<Record<string, Writable | undefined>>): Map<string, Writable> {
  const present = new Map<string, Writable>()
  for (const [name, value] of Object.entries(pairs)) if (value !== undefined) present.set(name, value)
  return present
}

function writeComposite(value: Exclude<Writable, string | number | bigint | boolean>): string {
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
