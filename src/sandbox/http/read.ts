/** Reads the target and the message of a request. */
import type { HeaderPair } from '../../basics/http.js'
import type { Kind } from '../../model/index.js'
import { type Expectation, type Parsed, type RenderingName, renderings } from '../../rendering/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { Fault, faultOf } from '../fault.js'
import { emptyPayload, type Payload, payloadOf } from '../operations/payload.js'
import type { HttpRequest, MediaSupport } from '../personas/persona.js'
import { requestRendering } from './negotiate.js'

/** Limit of a body in bytes. Longer ones are refused with 413. */
export const maxBody = 4 * 1024 * 1024

/**
 * Splits a request target into its path and its query parameters, separated by `&` or `;`. Throws Fault 400 for
 * invalid percent-encoding.
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
    if (name !== '')
      query.set(decodeQueryPart(name), decodeQueryPart(equals < 0 ? '' : part.slice(equals + 1)))
  }
  return { path: path === '' ? '/' : path, query }
}

/**
 * Reads the message of a request. The text renderings read links only in a message that has a kind, which a partial
 * update may omit; then `assumed`, the kind of the target entity, is added. Throws Fault 400, 406 or 413.
 */
export function readPayload(
  request: HttpRequest,
  expect: Expectation,
  media: MediaSupport,
  catalog: Catalog,
  assumed?: Kind,
): Payload {
  const source = messageOf(request, media)
  if (source === undefined) return emptyPayload
  const { rendering } = source
  const parsed = parse(source, expect)
  const isText = renderings[rendering].entities === 'text'
  const lacksKind = isText && expect === 'entity' && parsed.entities.length === 0
  const complete = lacksKind && assumed !== undefined ? parse(withKind(source, assumed), expect) : parsed
  return { ...payloadOf(complete, catalog), rendering }
}

function parse(source: RequestMessage, expect: Expectation): Parsed {
  try {
    return renderings[source.rendering].parse({ headers: source.headers, body: source.body }, { expect })
  } catch (error) {
    throw faultOf(error)
  }
}

function withKind(source: RequestMessage, kind: Kind): RequestMessage {
  const value = `${kind.term}; scheme="${kind.scheme}"; class="kind"`
  return renderings[source.rendering].carrier === 'headers'
    ? { ...source, headers: [['Category', value], ...source.headers] }
    : { ...source, body: `Category: ${value}\r\n${source.body}` }
}

interface RequestMessage {
  readonly rendering: RenderingName
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

const occiHeaders: ReadonlySet<string> = new Set(['category', 'link', 'x-occi-attribute', 'x-occi-location'])

/** The headers or the body that contain the OCCI message of a request; undefined if there is none. */
function messageOf(request: HttpRequest, media: MediaSupport): RequestMessage | undefined {
  const headers = request.headers.filter(([name]) => occiHeaders.has(name.toLowerCase()))
  const type = request.contentType
  if (request.body === '' && (request.method === 'GET' || request.method === 'HEAD' || type === undefined)) {
    // Clients send filters in headers, often without a Content-Type.
    return headers.length === 0 ? undefined : { rendering: 'text/occi', headers, body: '' }
  }
  const rendering = type === undefined ? sniffRendering(request.body) : requestRendering(type, media)
  if (renderings[rendering].carrier === 'headers')
    return headers.length === 0 ? undefined : { rendering, headers, body: '' }
  return request.body.trim() === '' ? undefined : { rendering, headers: [], body: request.body }
}

function sniffRendering(body: string): RenderingName {
  return /^\s*[[{]/.test(body.slice(0, 100)) ? 'json' : 'text/plain'
}

function decodeQueryPart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Fault(400, 'The query is not properly percent-encoded')
  }
}
