/** Reads the target and the message of a request. */
import type { HeaderPair } from '../../basics/http.js'
import type { Kind } from '../../model/index.js'
import { type Expectation, type Parsed, type RenderingName, renderings } from '../../rendering/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { Fault, toFault } from '../fault.js'
import { emptyPayload, type Payload, payloadOf } from '../operations/payload.js'
import type { HttpRequest, MediaSupport } from '../personas/persona.js'
import { requestRendering } from './negotiate.js'

/** Largest accepted body in bytes. A larger one is refused with 413. */
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
  const queryStart = withoutOrigin.indexOf('?')
  const path = queryStart < 0 ? withoutOrigin : withoutOrigin.slice(0, queryStart)
  const query = new Map<string, string>()
  for (const part of queryStart < 0 ? [] : withoutOrigin.slice(queryStart + 1).split(/[&;]/)) {
    const equalsIndex = part.indexOf('=')
    const name = equalsIndex < 0 ? part : part.slice(0, equalsIndex)
    if (name !== '')
      query.set(decodeQueryPart(name), decodeQueryPart(equalsIndex < 0 ? '' : part.slice(equalsIndex + 1)))
  }
  return { path: path === '' ? '/' : path, query }
}

/**
 * Reads the message of a request. Throws Fault 400, 406 or 413.
 *
 * The text renderings read links only in a message that has a kind. A partial update may omit the kind, so
 * `assumedKind`, the kind of the updated entity, is added to it.
 */
export function readPayload(
  request: HttpRequest,
  expect: Expectation,
  media: MediaSupport,
  catalog: Catalog,
  assumedKind?: Kind,
): Payload {
  const message = messageOf(request, media)
  if (message === undefined) return emptyPayload
  const { rendering } = message
  const parsed = parse(message, expect)
  const isText = renderings[rendering].entities === 'text'
  const lacksKind = isText && expect === 'entity' && parsed.entities.length === 0
  const complete =
    lacksKind && assumedKind !== undefined ? parse(withKind(message, assumedKind), expect) : parsed
  return { ...payloadOf(complete, catalog), rendering }
}

function parse(message: RequestMessage, expect: Expectation): Parsed {
  try {
    return renderings[message.rendering].parse({ headers: message.headers, body: message.body }, { expect })
  } catch (error) {
    throw toFault(error)
  }
}

function withKind(message: RequestMessage, kind: Kind): RequestMessage {
  const value = `${kind.term}; scheme="${kind.scheme}"; class="kind"`
  return renderings[message.rendering].carrier === 'headers'
    ? { ...message, headers: [['Category', value], ...message.headers] }
    : { ...message, body: `Category: ${value}\r\n${message.body}` }
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
