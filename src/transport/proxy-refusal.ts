/** What a proxy answers by itself, in place of the server behind it. */
import { type HeaderPair, headerValue, headerValues } from '../basics/http.js'
import { plainText } from '../basics/words.js'
import { NetworkError } from '../errors/errors.js'
import type { Sent } from './failures.js'

export interface ProxyAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderPair[]
}

/**
 * The error for an answer that comes from a proxy that forwards plain http; undefined for one of the server behind
 * it. Such answers look like the server's own: its 401 would have the user give the proxy the server's password.
 */
export function forwardedRefusal(proxy: URL, target: URL, answer: ProxyAnswer): NetworkError | undefined {
  if (!isOfProxy(answer)) return undefined
  const squid = squidError(answer)
  const sent = answer.status < 500 || (squid !== undefined && beforeServer.has(squid)) ? 'no' : 'maybe'
  return proxyRefusal(proxy, `the request to ${target.host}`, answer, sent)
}

/** `what` the proxy was asked for. */
export function proxyRefusal(proxy: URL, what: string, answer: ProxyAnswer, sent: Sent): NetworkError {
  const { status, reason } = answer
  const failed = status >= 500
  const squid = squidError(answer)
  const statusText =
    `${status} ${plainText(reason)}`.trimEnd() + (squid === undefined ? '' : ` (${plainText(squid)})`)
  return new NetworkError(
    failed
      ? `The proxy ${proxy.host} failed with ${what}: ${statusText}`
      : `The proxy ${proxy.host} refuses ${what}: ${statusText}`,
    {
      hint: status === 407 || status === 401 ? loginHint(proxy, answer) : generalHint,
      facts: {
        sent,
        proxyStatus: status,
        ...(passing.has(status) ? { transient: true } : {}),
      },
    },
  )
}

export const generalHint = 'Ask who runs the proxy, or list the host in no_proxy to go without it.'

const passing = new Set([502, 503, 504])

/** Errors of squid before it had a connection to the server. */
const beforeServer = new Set(['ERR_CONNECT_FAIL', 'ERR_DNS_FAIL', 'ERR_SECURE_CONNECT_FAIL'])

/** `ERR_ACCESS_DENIED 0` without the number. */
function squidError({ headers }: ProxyAnswer): string | undefined {
  return headerValue(headers, 'x-squid-error')?.split(' ')[0]
}

/** Programs that name themselves in `Server` in their own answers only. */
const programs = /^(squid|tinyproxy|privoxy)\b/i

function isOfProxy({ status, headers }: ProxyAnswer): boolean {
  if (status < 400) return false
  if (status === 407) return true
  // RFC 9209 §2.1.2: an error that the proxy itself met.
  const told = headerValue(headers, 'proxy-status')
  return (
    (told !== undefined && /;\s*error\s*=/.test(told)) ||
    headerValue(headers, 'x-squid-error') !== undefined ||
    programs.test(headerValue(headers, 'server') ?? '')
  )
}

function loginHint(proxy: URL, { headers }: ProxyAnswer): string {
  const offered = headerValues(headers, 'proxy-authenticate').flatMap(
    (value) => /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40})/.exec(value)?.[1] ?? [],
  )
  if (offered.length > 0 && !offered.some((scheme) => scheme.toLowerCase() === 'basic')) {
    return `It asks for ${offered.join(', ')}, which occi does not speak: name a local proxy that does (cntlm, px), or list the host in no_proxy.`
  }
  if (proxy.username !== '' || proxy.password !== '') {
    return 'It does not take the user and password in the proxy URL. Write @ : / and % in them as %40 %3A %2F %25.'
  }
  return `Put user and password of the proxy into its URL: http_proxy and https_proxy=http://USER:PASSWORD@${proxy.host}.`
}
