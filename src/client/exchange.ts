/** Sends one request and reads its response: builds headers, throws errors and reports deviations. */

import type { Credentials } from '../auth/index.js'
import type { HeaderPair } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { isHtml } from '../basics/words.js'
import { ProtocolError } from '../errors/errors.js'
import {
  type Deviation,
  type Expectation,
  isXml,
  type Parsed,
  type RenderingName,
} from '../rendering/index.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'
import { type Content, mediaTypeOf, parseResponse } from './codec.js'
import { errorInSuccess, httpFacts } from './errors.js'
import type { Endpoint } from './locations.js'
import type { Clock } from './types.js'

/** A request of the client, before Accept and the caller's headers are added. */
export interface ClientRequest {
  readonly method: HttpRequest['method']
  readonly url: string
  /** The rendering for the Accept header. */
  readonly accept: RenderingName
  readonly content?: Content
  readonly headers?: readonly HeaderPair[]
  readonly signal?: AbortSignal | undefined
  /** See HttpRequest.repeatable. */
  readonly repeatable?: boolean
}

/** A response and what was read from it. */
export interface ParsedResponse {
  readonly response: HttpResponse
  readonly parsed: Parsed
}

/** The parts of a session that sending requests needs. */
export interface ClientConnection {
  readonly endpoint: Endpoint
  /** Adds credentials to requests to the endpoint. */
  readonly transport: Transport
  readonly credentials: Credentials | undefined
  /** The caller's headers for every request. */
  readonly headers: readonly (readonly [string, string])[]
  readonly clock: Clock
  /** Aborted with an error when the client is closed. */
  readonly closing: AbortSignal
  readonly onDeviation: (deviation: Deviation, where: { method: string; url: string }) => void
}

/** The parts of a connection that one exchange needs. */
type RequestConnection = Pick<ClientConnection, 'transport' | 'headers' | 'onDeviation'>

/** Sends a request and returns the response, whatever its status. */
export async function send(connection: RequestConnection, request: ClientRequest): Promise<HttpResponse> {
  const response = await connection.transport.send(requestOf(connection, request))
  reportTolerated(connection, request, response.tolerated)
  return response
}

/** Builds the HTTP request. */
export function requestOf(
  connection: Pick<ClientConnection, 'headers'>,
  request: ClientRequest,
): HttpRequest {
  const { content } = request
  const clientHeaders: HeaderPair[] = [
    ['Accept', mediaTypeOf(request.accept)],
    // erocci answers 500 to an empty header (E14).
    ...(content?.headers ?? []).filter(([, value]) => value !== ''),
    ...(request.headers ?? []),
  ]
  const overridden = new Set(connection.headers.map(([name]) => name.toLowerCase()))
  return {
    method: request.method,
    url: request.url,
    headers: [...clientHeaders.filter(([name]) => !isReplaced(overridden, name)), ...connection.headers],
    ...(content === undefined || content.body === '' ? {} : { body: content.body }),
    ...omitUndefined({ signal: request.signal, repeatable: request.repeatable }),
  }
}

/**
 * Whether a header of the client is replaced by the caller's. Only Accept and Content-Type are; others, such as
 * Category, are sent in addition.
 */
function isReplaced(overridden: ReadonlySet<string>, name: string): boolean {
  const lower = name.toLowerCase()
  return (lower === 'accept' || lower === 'content-type') && overridden.has(lower)
}

/**
 * Parses a successful response and reports its deviations. Throws ProtocolError if it is not understood, and
 * ServerError if it consists of an error.
 */
export function read(
  connection: RequestConnection,
  request: ClientRequest,
  response: HttpResponse,
  expect: Expectation,
): Parsed {
  const parsed = parseResponse(response, expect)
  for (const deviation of parsed.deviations) connection.onDeviation(deviation, request)
  if (parsed.error?.code === 'html' || parsed.error?.code === 'xml') throw webPageError(request, response)
  if (expectsEntities(expect) && hasNoMembers(parsed)) {
    if (parsed.error !== undefined) throw errorInSuccess(request, response)
    if (!isEmptyListing(parsed)) throw unreadableResponse(request, response, parsed)
  }
  return parsed
}

/** Whether the response must contain entities; other successful responses may consist of a message. */
function expectsEntities(expect: Expectation): boolean {
  return expect === 'collection' || expect === 'entity'
}

function hasNoMembers({ entities, locations }: Parsed): boolean {
  return entities.length === 0 && locations.length === 0
}

/** Whether a response without entities is an empty listing rather than something else. */
function isEmptyListing({ categories, references, attributes, action, deviations }: Parsed): boolean {
  const partCount = categories.length + references.length + attributes.size
  return partCount === 0 && action === undefined && !deviations.some(({ lost }) => lost === true)
}

/** The error for a response without a listing or an entity, which must not be treated as empty. */
export function unreadableResponse(
  request: ClientRequest,
  response: Pick<HttpResponse, 'status' | 'reason'>,
  { deviations }: Pick<Parsed, 'deviations'>,
): ProtocolError {
  const loss = deviations.find(({ lost }) => lost === true)
  const reason = loss === undefined ? 'it contains something else' : loss.message
  return new ProtocolError(`The answer to ${request.method} ${request.url} is not understood: ${reason}`, {
    http: { method: request.method, url: request.url, status: response.status, reason: response.reason },
    hint: 'Try another rendering with `mediaType`; `raw()` shows the answer as it is.',
  })
}

/** Whether the body is HTML or XML. Login pages and dashboards answer 200 to any request. */
export function isWebPage({ body }: Pick<HttpResponse, 'body'>): boolean {
  return isHtml(body) || isXml(body)
}

/** The error for a response whose body is HTML or XML. */
export function webPageError(request: ClientRequest, response: HttpResponse): ProtocolError {
  const http = httpFacts(request, response)
  if (isXml(response.body)) {
    return new ProtocolError('The answer is XML, not a rendering of OCCI.', {
      http,
      hint: 'Try another rendering with `mediaType`, or check the endpoint.',
    })
  }
  const pageText = http.serverMessage === undefined ? '' : `: ${http.serverMessage}`
  return new ProtocolError(`The answer is a web page, not OCCI${pageText}`, {
    http,
    hint: 'Check the endpoint: something else answers there (a login page, a proxy, a dashboard).',
  })
}

export function isSuccess({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300
}

/** Reports as deviations what the transport tolerated in a response. */
export function reportTolerated(
  connection: Pick<ClientConnection, 'onDeviation'>,
  where: { readonly method: string; readonly url: string },
  tolerated: readonly string[],
): void {
  for (const code of tolerated) {
    connection.onDeviation({ code, message: toleratedMessage(code), place: { part: 'head' } }, where)
  }
}

/** Returns the message for a code in HttpResponse.tolerated. */
function toleratedMessage(code: string): string {
  switch (code) {
    case 'duplicate-content-length':
      return 'the answer has two Content-Length headers'
    case 'bare-line-feed':
      return 'a line of the head ends in a line feed without a carriage return'
    case 'folded-header':
      return 'a header is continued on another line'
    case 'line-end-in-reason':
      return 'the reason phrase ends in an additional line end'
    default:
      return code
  }
}
