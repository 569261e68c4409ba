/** GET requests that are repeated for text/plain if the provider refuses the rendering. */
import { type OcciError, ServerError } from '../errors/errors.js'
import type { Expectation, RenderingName } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import { refusal } from './errors.js'
import { type ClientRequest, isSuccess, type ParsedResponse, read, send } from './exchange.js'
import type { Session } from './session.js'

/**
 * Sends a GET for `request.accept`, by default the rendering in which the client reads this provider. If the provider
 * refuses it (rocci1-11, Q6), sends the GET for text/plain. If that succeeds, the client reads this provider as
 * text/plain from then on. Throws the errors of `refusal`.
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

/** Continues getWithFallback for a `first` request whose response has already arrived. */
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
    throw moreInformativeError(refused, refusal(second, secondResponse, session.credentials))
  const parsed = read(session, second, secondResponse, expect)
  const provider = await session.provider.get(first.signal)
  if (first.accept === provider.read) await session.provider.learn({ read: 'text/plain' })
  return { response: secondResponse, parsed }
}

/**
 * Whether the media type may be the reason of a refusal with this status. pyssf, for example, answers 405 to a request
 * for an entity as uri-list, and 400 for the query interface.
 */
function mayRefuseMediaType(status: number): boolean {
  return [400, 405, 406, 415, 500, 501].includes(status)
}

/**
 * Chooses the error to report. The first is often only about the media type (406), while the second is about the
 * requested entity; but a second one without a message from the server tells less.
 */
function moreInformativeError(first: OcciError, second: OcciError): OcciError {
  return second instanceof ServerError && second.http?.serverMessage === undefined ? first : second
}
