/** One request and its response: builds headers, throws refusals and reports deviations. */

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

export interface ClientRequest {
  readonly method: HttpRequest['method']
  readonly url: string
  /** The media type for the Accept header. */
  readonly accept: RenderingName
  readonly content?: Content
  readonly headers?: readonly HeaderPair[]
  readonly signal?: AbortSignal | undefined
  /** See HttpRequest.repeatable. */
  readonly repeatable?: boolean
}

export interface ParsedResponse {
  readonly response: HttpResponse
  readonly parsed: Parsed
}

/** The parts of a session that an exchange needs. */
export interface ClientConnection {
  readonly endpoint: Endpoint
  /** Adds credentials to requests to the endpoint. */
  readonly transport: Transport
  readonly credentials: Credentials | undefined
  readonly headers: readonly (readonly [string, string])[]
  readonly clock: Clock
  /** Aborted with an error when the client is closed. */
  readonly closing: AbortSignal
  readonly onDeviation: (deviation: Deviation, where: { method: string; url: string }) => void
}

type RequestSender = Pick<ClientConnection, 'transport' | 'headers' | 'onDeviation'>

/** Returns the response, whatever its status. */
export async function send(connection: RequestSender, request: ClientRequest): Promise<HttpResponse> {
  const response = await connection.transport.send(requestOf(connection, request))
  reportTolerated(connection, request, response.tolerated)
  return response
}

export function requestOf(
  connection: Pick<ClientConnection, 'headers'>,
  request: ClientRequest,
): HttpRequest {
  const { content } = request
  const own: HeaderPair[] = [
    ['Accept', mediaTypeOf(request.accept)],
    // erocci answers 500 to an empty header (E14).
    ...(content?.headers ?? []).filter(([, value]) => value !== ''),
    ...(request.headers ?? []),
  ]
  const overridden = new Set(connection.headers.map(([name]) => name.toLowerCase()))
  return {
    method: request.method,
    url: request.url,
    headers: [...own.filter(([name]) => !replaces(overridden, name)), ...connection.headers],
    ...(content === undefined || content.body === '' ? {} : { body: content.body }),
    ...omitUndefined({ signal: request.signal, repeatable: request.repeatable }),
  }
}

/**
 * Whether the caller's header replaces the client's: Accept and Content-Type do, while others, such as
 * Category, are added.
 */
function replaces(overridden: ReadonlySet<string>, name: string): boolean {
  const lower = name.toLowerCase()
  return (lower === 'accept' || lower === 'content-type') && overridden.has(lower)
}

export function read(
  connection: RequestSender,
  request: ClientRequest,
  response: HttpResponse,
  expect: Expectation,
): Parsed {
  const parsed = parseResponse(response, expect)
  for (const deviation of parsed.deviations) connection.onDeviation(deviation, request)
  if (parsed.error?.code === 'html' || parsed.error?.code === 'xml') throw webPageError(request, response)
  if (expectsEntities(expect) && isEmpty(parsed)) {
    if (parsed.error !== undefined) throw errorInSuccess(request, response)
    if (!isUnderstood(parsed)) throw unreadableResponse(request, response, parsed)
  }
  return parsed
}

/** Whether the response must contain entities; other successful responses may consist of a message. */
function expectsEntities(expect: Expectation): boolean {
  return expect === 'collection' || expect === 'entity'
}

function isEmpty({ entities, locations }: Parsed): boolean {
  return entities.length === 0 && locations.length === 0
}

/** Whether a response without entities is an empty listing rather than something else. */
function isUnderstood({ categories, references, attributes, action, deviations }: Parsed): boolean {
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

/** Whether the body is a web page: login pages and dashboards answer 200 to any request. */
export function isWebPage({ body }: Pick<HttpResponse, 'body'>): boolean {
  return isHtml(body) || isXml(body)
}

export function webPageError(request: ClientRequest, response: HttpResponse): ProtocolError {
  const http = httpFacts(request, response)
  if (isXml(response.body)) {
    return new ProtocolError('The answer is XML, not a rendering of OCCI.', {
      http,
      hint: 'Try another rendering with `mediaType`, or check the endpoint.',
    })
  }
  return new ProtocolError(`The answer is a web page, not OCCI: ${http.serverMessage ?? 'a web page'}`, {
    http,
    hint: 'Check the endpoint: something else answers there (a login page, a proxy, a dashboard).',
  })
}

export function isSuccess({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300
}

export function reportTolerated(
  connection: Pick<ClientConnection, 'onDeviation'>,
  where: { readonly method: string; readonly url: string },
  tolerated: readonly string[],
): void {
  for (const code of tolerated) {
    connection.onDeviation({ code, message: toleratedMessages[code] ?? code, place: { part: 'head' } }, where)
  }
}

const toleratedMessages: Readonly<Record<string, string>> = {
  'duplicate-content-length': 'the answer has two Content-Length headers',
}
