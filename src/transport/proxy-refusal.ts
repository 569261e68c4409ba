/** Recognises error responses that come from a proxy rather than from the server behind it. */
import { type HeaderPair, headerValue, headerValues } from '../basics/http.js'
import { plainText } from '../basics/words.js'
import { NetworkError } from '../errors/errors.js'
import type { Sent } from './failures.js'

/** The head of a response that may come from a proxy. */
export interface ProxyResponse {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderPair[]
}

/**
 * Returns the error for a response that the proxy itself sent to a forwarded (plain http) request; undefined for a
 * response of the server. A 401 of the proxy must not look like one of the server, or the user would be asked for the
 * server's password.
 */
export function refusalByHttpProxy(
  proxy: URL,
  target: URL,
  response: ProxyResponse,
): NetworkError | undefined {
  if (!isFromProxy(response)) return undefined
  const squid = squidError(response)
  const sent = response.status < 500 || (squid !== undefined && beforeServer.has(squid)) ? 'no' : 'maybe'
  return proxyRefusal(proxy, `the request to ${target.host}`, response, sent)
}

/** Returns the error for a response of a proxy. `request` describes the refused request for the message. */
export function proxyRefusal(proxy: URL, request: string, response: ProxyResponse, sent: Sent): NetworkError {
  const { status, reason } = response
  const isServerError = status >= 500
  const squid = squidError(response)
  const statusText =
    `${status} ${plainText(reason)}`.trimEnd() + (squid === undefined ? '' : ` (${plainText(squid)})`)
  return new NetworkError(
    isServerError
      ? `The proxy ${proxy.host} could not complete ${request}: ${statusText}`
      : `The proxy ${proxy.host} refuses ${request}: ${statusText}`,
    {
      hint: status === 407 || status === 401 ? loginHint(proxy, response) : generalHint,
      facts: {
        sent,
        proxyStatus: status,
        ...(transientStatuses.has(status) ? { transient: true } : {}),
      },
    },
  )
}

export const generalHint =
  'Ask the operator of the proxy, or list the host in no_proxy to connect without it.'

const transientStatuses = new Set([502, 503, 504])

/** Error codes of squid for failures before it is connected to the server. */
const beforeServer = new Set(['ERR_CONNECT_FAIL', 'ERR_DNS_FAIL', 'ERR_SECURE_CONNECT_FAIL'])

/** Returns squid's error code, such as `ERR_ACCESS_DENIED`, without the number after it. */
function squidError({ headers }: ProxyResponse): string | undefined {
  return headerValue(headers, 'x-squid-error')?.split(' ')[0]
}

/** Proxies that set the `Server` header of their own responses, but not that of forwarded ones. */
const proxyPrograms = /^(squid|tinyproxy|privoxy)\b/i

function isFromProxy({ status, headers }: ProxyResponse): boolean {
  if (status < 400) return false
  if (status === 407) return true
  // The `error` parameter marks an error of the proxy itself (RFC 9209 §2.1.2).
  const proxyStatus = headerValue(headers, 'proxy-status')
  return (
    (proxyStatus !== undefined && /;\s*error\s*=/.test(proxyStatus)) ||
    headerValue(headers, 'x-squid-error') !== undefined ||
    proxyPrograms.test(headerValue(headers, 'server') ?? '')
  )
}

function loginHint(proxy: URL, { headers }: ProxyResponse): string {
  const offeredSchemes = headerValues(headers, 'proxy-authenticate').flatMap(
    (value) => /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40})/.exec(value)?.[1] ?? [],
  )
  if (offeredSchemes.length > 0 && !offeredSchemes.some((scheme) => scheme.toLowerCase() === 'basic')) {
    return `It requires ${offeredSchemes.join(' or ')}, which occi does not support: use a local proxy that does (cntlm, px), or list the host in no_proxy.`
  }
  if (proxy.username !== '' || proxy.password !== '') {
    return 'It does not accept the user and password in the proxy URL. Write @ : / and % in them as %40 %3A %2F %25.'
  }
  return `Put the proxy's user and password into http_proxy and https_proxy: http://USER:PASSWORD@${proxy.host}.`
}
