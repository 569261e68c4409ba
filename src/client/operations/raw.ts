/** Sends any request below the endpoint with credentials and returns the response, whatever its status. */
import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../../transport/index.js'
import { resolveUserLocation } from '../locations.js'
import type { Session } from '../session.js'
import type { RawRequest, RequestOptions } from '../types.js'
import { sendRaw } from '../uncertain.js'

const methods: readonly HttpRequest['method'][] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']

/**
 * Sends a request and returns the response. Accept and, with a body, Content-Type are text/plain unless the request or
 * the client sets them. Throws UsageError for an unknown method or a URL of another server, and OutcomeUnknownError if
 * a write gets no response.
 */
export async function raw(
  session: Session,
  { method, path, headers = [], body }: RawRequest,
  { signal }: RequestOptions = {},
): Promise<HttpResponse> {
  const knownMethod = methods.find((candidate) => candidate === method.toUpperCase())
  if (knownMethod === undefined) {
    throw new UsageError(`There is no method ${method.slice(0, 40)}.`, {
      hint: `Use one of ${methods.join(', ')}.`,
    })
  }
  const requestHeaders = new Set(headers.map(([name]) => name.toLowerCase()))
  const presentHeaders = new Set([...requestHeaders, ...session.headers.map(([name]) => name.toLowerCase())])
  const acceptHeader: HeaderPair[] = presentHeaders.has('accept') ? [] : [['Accept', 'text/plain']]
  const contentTypeHeader: HeaderPair[] =
    body === undefined || presentHeaders.has('content-type') ? [] : [['Content-Type', 'text/plain']]
  const request: HttpRequest = {
    method: knownMethod,
    url: resolveUserLocation(session.endpoint, path),
    headers: [
      ...acceptHeader,
      ...contentTypeHeader,
      ...headers,
      ...session.headers.filter(([name]) => !requestHeaders.has(name.toLowerCase())),
    ],
    // A PUT may create an entity, and a repeated one a second entity (Q31).
    ...(knownMethod === 'PUT' ? { repeatable: false } : {}),
    ...omitUndefined({ body, signal }),
  }
  return sendRaw(request, session.transport)
}
