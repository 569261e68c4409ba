import { headerValue } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { excerpt, plainText } from '../basics/words.js'
import type { HttpFacts } from '../errors/errors.js'
import type { HttpRequest, HttpResponse } from './types.js'

/**
 * Returns the facts of an HTTP exchange for an error. Its URL has no credentials. `serverMessage` is the message of the
 * server as plain text.
 */
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

/** Returns a URL without user, password and fragment. Text that is not a URL is shortened and made safe to print. */
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

/** Headers that contain a request id, by which operators search their logs. */
const requestIdHeaders = ['x-openstack-request-id', 'x-compute-request-id', 'x-request-id', 'x-trans-id']

export function requestIdOf(response: Pick<HttpResponse, 'headers'>): string | undefined {
  for (const name of requestIdHeaders) {
    const id = headerValue(response.headers, name)
    if (id !== undefined && /^[\x21-\x7e]{1,200}$/.test(id)) return id
  }
  return undefined
}
