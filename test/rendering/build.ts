/** Short ways to make messages and entities in the tests of this room. */
import type { HeaderPair } from '../../src/basics/http.js'
import type { Category, Link, Resource, TypeId } from '../../src/model/index.js'
import { type Message, type Parsed, type ParseOptions, renderings } from '../../src/rendering/index.js'

export const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
export const id = (text: string) => text as TypeId
export const compute = id(`${infrastructure}compute`)

export const body = (text: string): Message => ({ headers: [], body: text })
export const headers = (...pairs: HeaderPair[]): Message => ({ headers: pairs, body: '' })

export const plain = (text: string, options: ParseOptions = {}): Parsed =>
  renderings['text/plain'].parse(body(text), options)
export const occi = (pairs: HeaderPair[], options: ParseOptions = {}): Parsed =>
  renderings['text/occi'].parse(headers(...pairs), options)
export const json = (value: unknown, options: ParseOptions = {}): Parsed =>
  renderings.json.parse(body(typeof value === 'string' ? value : JSON.stringify(value)), options)

export const codes = (parsed: Parsed): string[] => [...new Set(parsed.deviations.map(({ code }) => code))]

export function resource(parsed: Parsed): Resource {
  const entity = parsed.entities[0]
  if (entity?.type !== 'resource') throw new Error('no resource was read')
  return entity
}

export function link(parsed: Parsed): Link {
  const entity = parsed.entities[0]
  const found = entity?.type === 'resource' ? entity.links[0] : entity
  if (found === undefined) throw new Error('no link was read')
  return found
}

export function category(parsed: Parsed, term: string): Category {
  const found = parsed.categories.find((one) => one.term === term)
  if (found === undefined) throw new Error(`no category ${term} was read`)
  return found
}
