import { type HeaderPair, headerValue } from '../basics/http.js'
import { shellWord } from '../basics/shell-word.js'
import { ProtocolError, UsageError } from '../errors/errors.js'
import { redactUrl } from './redact.js'
import type { HttpRequest } from './types.js'

/** Parses a request's URL. Throws UsageError when it is not an absolute http or https URL. */
export function targetOf(url: string): URL {
  let target: URL
  try {
    target = new URL(url)
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(urlForMessage(url))} is not a valid URL.`, {
      cause: cause instanceof Error ? cause.name : undefined,
      at: 'url',
      hint: 'Write it with scheme and host, as in https://cloud.example.org:8787/.',
    })
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new UsageError(`${JSON.stringify(urlForMessage(url))} is neither an http nor an https URL.`, {
      at: 'url',
      hint: 'Write it with scheme and host, as in https://cloud.example.org:8787/.',
    })
  }
  return target
}

/** The largest number of consecutive redirects that are followed. */
export const maxRedirects = 5

/**
 * Returns the target of a redirect; undefined if the response is not a redirect to follow. GET and HEAD follow 301,
 * 302, 303, 307 and 308; other methods only 307 and 308, which keep method and body (RFC 9110 §15.4). 300
 * (Keystone's version list) and 304 are not followed. Throws ProtocolError for a redirect to an invalid URL, or to
 * another origin, which must not receive the credentials.
 */
export function redirectOf(
  request: Pick<HttpRequest, 'method' | 'server'>,
  from: URL,
  status: number,
  headers: readonly HeaderPair[],
): URL | undefined {
  const followedStatuses = request.method === 'GET' || request.method === 'HEAD' ? forReads : forWrites
  if (!followedStatuses.has(status)) return undefined
  const location = headerValue(headers, 'location')
  if (location === undefined || location === '') return undefined
  const http = { method: request.method, url: redactUrl(from.href), status }
  let target: URL
  try {
    target = new URL(location, from)
  } catch {
    throw new ProtocolError(`${from.host} redirects to an invalid URL.`, { http })
  }
  if (target.origin !== from.origin) {
    const address = `${target.origin}${target.pathname}`.slice(0, 300)
    throw new ProtocolError(
      `${from.origin} redirects to ${address}, which is not followed because it is another origin.`,
      {
        http,
        hint:
          request.server === undefined
            ? `If you trust it, use it as the endpoint: \`endpoint\` ${shellWord(`${target.origin}/`)}`
            : `If you trust it, use it as the address of the ${request.server}.`,
        // 307 and 308 mean that the server did not carry out the request (RFC 9110 §15.4.8).
        facts: { location: address, sent: 'no' },
      },
    )
  }
  return target
}

const forReads = new Set([301, 302, 303, 307, 308])
const forWrites = new Set([307, 308])

function urlForMessage(url: string): string {
  return redactUrl(url).slice(0, 200)
}
