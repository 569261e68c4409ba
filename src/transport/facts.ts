/** The facts of an HTTP exchange for errors. */
import { headerValue } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { excerpt, plainText } from '../basics/words.js'
import type { HttpFacts } from '../errors/errors.js'
import type { HttpRequest, HttpResponse } from './types.js'

/** The facts for an error, with the URL without credentials. `serverMessage` is the server's message, as plain text. */
export function httpFacts(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response?: Pick<HttpResponse, 'status' | 'reason' | 'headers'>,
  serverMessage?: string,
): HttpFacts {
  const facts = { method: request.method, url: bareUrl(request.url) }
  if (response === undefined) return facts
  return {
    ...facts,
    status: response.status,
    reason: plainText(response.reason),
    ...omitUndefined({ requestId: requestIdOf(response), serverMessage }),
  }
}

/** The URL without user, password and fragment. Text that is not a URL is shortened and made safe to print. */
export function bareUrl(text: string): string {
  try {
    const url = new URL(text)
    url.username = ''
    url.password = ''
    url.hash = ''
    return url.href
  } catch {
    return excerpt(text, 300)
  }
}

/** Headers with the request id by which operators search their logs. */
const requestIdHeaders = ['x-openstack-request-id', 'x-compute-request-id', 'x-request-id', 'x-trans-id']

export function requestIdOf(response: Pick<HttpResponse, 'headers'>): string | undefined {
  for (const wanted of requestIdHeaders) {
    const found = headerValue(response.headers, wanted)
    if (found !== undefined && /^[\x21-\x7e]{1,200}$/.test(found)) return found
  }
  return undefined
}
