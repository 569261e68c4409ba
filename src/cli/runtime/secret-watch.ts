/**
 * Registers the secrets of all requests, including those of the login, for masking, and warns if one is sent
 * unencrypted.
 */
import { isLoopback } from '../../auth/index.js'
import {
  type HttpRequest,
  isSecretHeader,
  isSecretName,
  type Transport,
  wrapTransport,
} from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

/** The sender of a request. The body of a login's request is secret, that of a client's is not. */
type Sender = 'login' | 'client'

/** Returns a function that wraps a transport; warnings are shared between the transports that it wraps. */
export function secretWatch(context: ConnectionContext): (transport: Transport, by: Sender) => Transport {
  const reported = new Set<string>()
  /**
   * Warns once for each server. An http: URL needs no further option, but not all users know that it is unencrypted.
   */
  const warn = (url: URL, secret: string | undefined) => {
    if (secret === undefined || url.protocol !== 'http:' || isLoopback(url)) return
    if (!context.streams.err.terminal || reported.has(url.host)) return
    reported.add(url.host)
    void context.warn(
      `the connection to ${url.host} is not encrypted: others on the network can read ${secret}`,
    )
  }
  const watchRequest = (request: HttpRequest, by: Sender): HttpRequest => {
    const secrets = request.headers.filter(([name]) => isSecretHeader(name) || isSecretName(name))
    for (const [, value] of secrets)
      context.runtime.redactor?.add(value.replace(/^(basic|bearer|digest) +/i, ''))
    if (!request.url.startsWith('https:')) {
      const url = new URL(request.url)
      for (const [, value] of secrets) warn(url, secretIn(value))
      if (by === 'login' && request.body !== undefined) warn(url, 'what you log in with')
    }
    return request
  }
  return (transport, by) => wrapTransport(transport, (request, send) => send(watchRequest(request, by)))
}

/** What an Authorization header reveals; undefined for digest, which does not send the password. */
function secretIn(header: string): string | undefined {
  const scheme = /^[a-z]+(?= )/i.exec(header)?.[0].toLowerCase()
  if (scheme === 'digest') return undefined
  return scheme === 'basic' ? 'the password' : 'the token'
}
