import { ProtocolError, UsageError } from '../errors/errors.js'
import { headerValue } from './headers.js'
import { redactUrl } from './redact.js'
import type { HeaderPair, HttpRequest } from './types.js'

/** Parses a request's URL. Throws UsageError when it is no absolute http or https URL. */
export function targetOf(url: string): URL {
  let target: URL
  try {
    target = new URL(url)
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(shown(url))} is not a valid URL.`, {
      cause: cause instanceof Error ? cause.name : undefined,
      at: 'url',
      hint: 'Write it with scheme and host, as in https://cloud.example.org:8787/.',
    })
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new UsageError(`${JSON.stringify(shown(url))} is neither an http nor an https URL.`, {
      at: 'url',
      hint: 'Write it with scheme and host, as in https://cloud.example.org:8787/.',
    })
  }
  return target
}

/** How many redirects in a row are followed. */
export const maxRedirects = 5

/**
 * Where an answer sends this request, or undefined when it is an answer to keep. GET and HEAD follow 301,
 * 302, 303, 307 and 308; other methods only 307 and 308, which keep method and body (RFC 9110 §15.4).
 * 300 is Keystone's version list and 304 an answer. Throws ProtocolError for another origin: credentials
 * stay where they were meant for.
 */
export function redirectOf(
  request: Pick<HttpRequest, 'method'>,
  from: URL,
  status: number,
  headers: readonly HeaderPair[],
): URL | undefined {
  const followed = request.method === 'GET' || request.method === 'HEAD' ? forReads : forWrites
  if (!followed.has(status)) return undefined
  const location = headerValue(headers, 'location')
  if (location === undefined || location === '') return undefined
  const http = { method: request.method, url: redactUrl(from.href), status }
  let to: URL
  try {
    to = new URL(location, from)
  } catch {
    throw new ProtocolError(`${from.host} redirects to something that is not a URL.`, { http })
  }
  if (to.origin !== from.origin) {
    const place = `${to.origin}${to.pathname}`.slice(0, 300)
    throw new ProtocolError(`${from.origin} redirects to ${place}, which is another origin; not followed.`, {
      http,
      hint: `If you trust it, use it as the endpoint: --endpoint ${to.origin}/`,
      // 307 and 308 ask for the request to be sent again: here it was not carried out (RFC 9110 §15.4.8).
      facts: { location: place, sent: 'no' },
    })
  }
  return to
}

const forReads = new Set([301, 302, 303, 307, 308])
const forWrites = new Set([307, 308])

function shown(url: string): string {
  return redactUrl(url).slice(0, 200)
}
