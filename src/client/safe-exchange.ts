/** Requests that are sent once more as text/plain if the provider refuses the rendering. */
import { type OcciError, ServerError } from '../errors/errors.js'
import type { Expectation, RenderingName } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import { refusal } from './errors.js'
import { type ClientRequest, isSuccess, type ParsedResponse, read, send } from './exchange.js'
import type { Session } from './session.js'

/**
 * Sends a GET for the rendering in which this provider is read. If that is refused (JSON disabled in rOCCI-server, 406
 * in snf-occi 2017, 500 elsewhere), requests text/plain, and remembers it if that succeeds.
 */
export async function getWithFallback(
  session: Session,
  request: Omit<ClientRequest, 'accept' | 'method'> & { readonly accept?: RenderingName },
  expect: Expectation,
): Promise<ParsedResponse> {
  const provider = await session.provider.get(request.signal)
  const first: ClientRequest = { ...request, method: 'GET', accept: request.accept ?? provider.read }
  return readWithFallback(session, first, await send(session, first), expect)
}

/** Reads a first response that has arrived already; otherwise like getWithFallback. */
export async function readWithFallback(
  session: Session,
  first: ClientRequest,
  response: HttpResponse,
  expect: Expectation,
): Promise<ParsedResponse> {
  if (isSuccess(response)) return { response, parsed: read(session, first, response, expect) }
  const refused = refusal(first, response, session.credentials)
  if (first.accept === 'text/plain' || !mayRefuseMediaType(response.status)) throw refused
  const second: ClientRequest = { ...first, accept: 'text/plain' }
  const secondResponse = await send(session, second)
  if (!isSuccess(secondResponse))
    throw moreInformative(refused, refusal(second, secondResponse, session.credentials))
  const parsed = read(session, second, secondResponse, expect)
  const provider = await session.provider.get(first.signal)
  if (first.accept === provider.read) await session.provider.learn({ read: 'text/plain' })
  return { response: secondResponse, parsed }
}

/** pyssf answers 405 to a request for an entity as uri-list, and 400 for the query interface. */
function mayRefuseMediaType(status: number): boolean {
  return (
    status === 400 || status === 405 || status === 406 || status === 415 || status === 500 || status === 501
  )
}

/** A 406 is about the media type, while the second error is about the requested entity. */
function moreInformative(first: OcciError, second: OcciError): OcciError {
  return second instanceof ServerError && second.http?.serverMessage === undefined ? first : second
}
