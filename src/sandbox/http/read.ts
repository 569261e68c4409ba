/** Reads what a request asks for. */
import type { HeaderPair } from '../../basics/http.js'
import type { Kind } from '../../model/index.js'
import { type Expectation, type Parsed, type RenderingName, renderings } from '../../rendering/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { Fault, faultOf } from '../fault.js'
import { emptyPayload, type Payload, payloadOf } from '../operations/payload.js'
import type { MediaHabits, ReadRequest } from '../personas/persona.js'
import { readable } from './negotiate.js'

/** Limit of a body in bytes. Longer ones are refused with 413. */
export const maxBody = 4 * 1024 * 1024

/**
 * Splits a request target into path and query, whose parameters are separated by `&` or `;`. Throws Fault
 * 400.
 */
export function splitTarget(target: string): {
  readonly path: string
  readonly query: ReadonlyMap<string, string>
} {
  const withoutOrigin = target.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = withoutOrigin.indexOf('?')
  const path = mark < 0 ? withoutOrigin : withoutOrigin.slice(0, mark)
  const query = new Map<string, string>()
  for (const part of mark < 0 ? [] : withoutOrigin.slice(mark + 1).split(/[&;]/)) {
    const equals = part.indexOf('=')
    const name = equals < 0 ? part : part.slice(0, equals)
    if (name !== '') query.set(decoded(name), decoded(equals < 0 ? '' : part.slice(equals + 1)))
  }
  return { path: path === '' ? '/' : path, query }
}

/**
 * Reads the message of a request. `assumed` is the kind of the target entity: a partial update may omit it,
 * but text renderings read links of an entity only beside a kind. Throws Fault 400, 406 or 413.
 */
export function readPayload(
  request: ReadRequest,
  expect: Expectation,
  habits: MediaHabits,
  catalog: Catalog,
  assumed?: Kind,
): Payload {
  const source = sourceOf(request, habits)
  if (source === undefined) return emptyPayload
  const { rendering } = source
  const first = parse(source, expect)
  const isText = renderings[rendering].entities === 'text'
  const again = isText && assumed !== undefined && expect === 'entity' && first.entities.length === 0
  const parsed = again ? parse(withKind(source, assumed), expect) : first
  return { ...payloadOf(parsed, catalog), rendering }
}

function parse(source: Source, expect: Expectation): Parsed {
  try {
    return renderings[source.rendering].parse({ headers: source.headers, body: source.body }, { expect })
  } catch (error) {
    throw faultOf(error)
  }
}

function withKind(source: Source, kind: Kind): Source {
  const value = `${kind.term}; scheme="${kind.scheme}"; class="kind"`
  return renderings[source.rendering].carrier === 'headers'
    ? { ...source, headers: [['Category', value], ...source.headers] }
    : { ...source, body: `Category: ${value}\r\n${source.body}` }
}

interface Source {
  readonly rendering: RenderingName
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

const occiHeaders: ReadonlySet<string> = new Set(['category', 'link', 'x-occi-attribute', 'x-occi-location'])

/** The part of the request that carries its message; undefined when there is none. */
function sourceOf(request: ReadRequest, habits: MediaHabits): Source | undefined {
  const headers = request.headers.filter(([name]) => occiHeaders.has(name.toLowerCase()))
  const type = request.contentType
  if (request.body === '' && (request.method === 'GET' || request.method === 'HEAD' || type === undefined)) {
    // Filters are sent in headers, often without a Content-Type.
    return headers.length === 0 ? undefined : { rendering: 'text/occi', headers, body: '' }
  }
  const rendering = type === undefined ? sniffed(request.body) : readable(type, habits)
  if (renderings[rendering].carrier === 'headers')
    return headers.length === 0 ? undefined : { rendering, headers, body: '' }
  return request.body.trim() === '' ? undefined : { rendering, headers: [], body: request.body }
}

function sniffed(body: string): RenderingName {
  return /^\s*[[{]/.test(body.slice(0, 100)) ? 'json' : 'text/plain'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Fault(400, 'The query is not properly percent-encoded')
  }
}
