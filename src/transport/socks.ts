/**
 * Tunnels through SOCKS5 proxies (RFC 1928, RFC 1929); loaded when the first one is needed. Uses undici's SOCKS5
 * client, but not its SOCKS5 agent, whose connections would bypass our connector with its certificate checks, response
 * filter and time limits.
 */

import { promises as dns } from 'node:dns'
import type { Socket } from 'node:net'
import { Socks5Client } from 'undici/lib/core/socks5-client.js'
import { formatLimit } from '../basics/amounts.js'
import { plainText } from '../basics/words.js'
import {
  type ErrorDetails,
  NetworkError,
  type OcciError,
  ProtocolError,
  TimeoutError,
} from '../errors/errors.js'
import { proxyLogin } from './proxy.js'
import { generalHint } from './proxy-refusal.js'

/**
 * Opens a tunnel to `target` through a SOCKS5 proxy, within `timeout` milliseconds (0 means no limit). This computer
 * resolves the name of the target for `socks5:`, the proxy for `socks5h:`.
 *
 * Rejects with TimeoutError, with NetworkError if the proxy refuses, or with ProtocolError if it does not answer like a
 * SOCKS5 proxy. The connection is closed then, and nothing of the request was sent (`facts.sent: 'no'`).
 */
export async function openSocksTunnel(
  socket: Socket,
  proxy: URL,
  target: { readonly host: string; readonly port: number },
  timeout: number,
): Promise<void> {
  const authority = `${target.host}:${target.port}`
  const client = new Socks5Client(socket, proxyLogin(proxy))
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      if (timeout > 0) timer = setTimeout(() => reject(timeoutError(proxy, authority, timeout)), timeout)
      client.once('authenticated', () => {
        addressFor(proxy, target.host)
          // Throws if the name is too long, or if the connection ended while the name was resolved.
          .then((address) => client.connect(address, target.port))
          .catch(reject)
      })
      client.once('connected', () => resolve())
      // Never removed, since an error event without a listener ends the process.
      client.on('error', (error: Error) => reject(refusal(error, proxy, authority)))
      client.once('close', () => reject(closedError(proxy)))
      client.handshake()
    })
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
  // The client has made the socket flow; further data must wait for the next reader.
  socket.pause()
}

async function addressFor(proxy: URL, host: string): Promise<string> {
  const name = host.replace(/^\[|\]$/g, '')
  if (proxy.protocol === 'socks5h:') return name
  try {
    return (await dns.lookup(name)).address
  } catch (cause) {
    throw new NetworkError(`The host ${name} is not known: its name cannot be resolved here.`, {
      ...unsent,
      cause,
      hint: `With socks5h://${proxy.host} the proxy resolves names.`,
    })
  }
}

const unsent: ErrorDetails = { facts: { sent: 'no' } }

/** The failures of RFC 1928 §6 by number: their meaning, and whether a retry may succeed. */
const replies: Readonly<Record<string, readonly [words: string, transient?: true]>> = {
  '1': ['it reports a general failure', true],
  '2': ['its rules do not allow it'],
  '3': ['there is no route to the network', true],
  '4': ['the host cannot be reached', true],
  '5': ['nothing listens there', true],
  '6': ['the TTL of a packet expired', true],
  '7': ['it does not support connections'],
  '8': ['it does not support addresses of this kind'],
}

function refusal(error: Error, proxy: URL, authority: string): OcciError | Error {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const reply = /^UND_ERR_SOCKS5_REPLY_(\d+)$/.exec(code)?.[1]
  if (reply !== undefined) {
    const [meaning, transient] = replies[reply] ?? [`its reply has the number ${reply}`]
    return new NetworkError(`The proxy ${proxy.host} did not connect to ${authority}: ${meaning}.`, {
      hint: generalHint,
      facts: { sent: 'no', ...(transient === true ? { transient } : {}) },
    })
  }
  if (/^UND_ERR_SOCKS5_AUTH_(REJECTED|FAILED|METHOD)$/.test(code)) {
    return new NetworkError(`The proxy ${proxy.host} refuses the login.`, {
      ...unsent,
      hint:
        proxy.username === ''
          ? `Put the proxy's user and password into its URL: ${proxy.protocol}//USER:PASSWORD@${proxy.host}.`
          : 'It does not accept the user and password in the proxy URL. Write @ : / and % in them as %40 %3A %2F %25.',
    })
  }
  if (code.startsWith('UND_ERR_SOCKS5') || code === 'UND_ERR_INVALID_ARG') {
    return new ProtocolError(
      `The proxy ${proxy.host} does not answer as a SOCKS5 proxy: ${plainText(error.message)}.`,
      {
        ...unsent,
        hint: 'Check the proxy settings; a proxy for HTTP has a URL that begins with http://.',
      },
    )
  }
  return error
}

function closedError(proxy: URL): NetworkError {
  return new NetworkError(`The proxy ${proxy.host} closed the connection instead of opening a tunnel.`, {
    ...unsent,
    hint: generalHint,
  })
}

function timeoutError(proxy: URL, authority: string, timeout: number): TimeoutError {
  return new TimeoutError(
    `The proxy ${proxy.host} gave no connection to ${authority} within ${formatLimit(timeout)}.`,
    {
      hint: `${generalHint} \`http.connectTimeout\` allows more time.`,
      facts: { sent: 'no', timeout: 'connect' },
    },
  )
}
