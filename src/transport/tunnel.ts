import type { Socket } from 'node:net'
import { formatLimit } from '../basics/amounts.js'
import type { HeaderPair } from '../basics/http.js'
import { type ErrorDetails, NetworkError, ProtocolError, TimeoutError } from '../errors/errors.js'
import { proxyAuthorization } from './proxy.js'
import { generalHint, type ProxyResponse, proxyRefusal } from './proxy-refusal.js'

/**
 * Opens a tunnel to `authority` through an HTTP proxy with CONNECT, within `timeout` milliseconds (0 means no limit).
 *
 * Rejects with TimeoutError, with NetworkError if the proxy refuses, or with ProtocolError if it does not answer like a
 * proxy. The connection is closed then, and nothing of the request was sent (`facts.sent: 'no'`).
 */
export async function openTunnel(
  socket: Socket,
  proxy: URL,
  authority: string,
  timeout: number,
): Promise<void> {
  const authorization = proxyAuthorization(proxy)
  socket.write(
    [
      `CONNECT ${authority} HTTP/1.1`,
      `Host: ${authority}`,
      ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
      '',
      '',
    ].join('\r\n'),
  )
  try {
    const response = parseResponse(await readHead(socket, proxy, authority, timeout))
    if (response === undefined) {
      throw new ProtocolError(`The proxy ${proxy.host} does not answer as an HTTP proxy.`, {
        ...unsent,
        hint: 'Check the proxy settings (http_proxy, https_proxy, no_proxy).',
      })
    }
    if (response.status < 200 || response.status > 299) {
      throw proxyRefusal(proxy, `a connection to ${authority}`, response, 'no')
    }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const unsent: ErrorDetails = { facts: { sent: 'no' } }

/** The largest response head of a proxy, in characters. */
const maxHead = 64 * 1024

/** Reads the head of the proxy's response within `timeout` milliseconds. */
function readHead(socket: Socket, proxy: URL, authority: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = ''
    const timer =
      timeout > 0
        ? setTimeout(() => {
            const message = `The proxy ${proxy.host} gave no connection to ${authority} within ${formatLimit(timeout)}.`
            const hint = `${generalHint} \`http.connectTimeout\` allows more time.`
            settle(() =>
              reject(new TimeoutError(message, { hint, facts: { sent: 'no', timeout: 'connect' } })),
            )
          }, timeout)
        : undefined
    const settle = (then: () => void) => {
      clearTimeout(timer)
      socket.off('readable', onReadable)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      socket.off('error', onError)
      then()
    }
    const onReadable = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) head += chunk.toString('latin1')
      if (head.includes('\r\n\r\n') || head.length > maxHead) settle(() => resolve(head))
    }
    const onEnd = () => {
      const message = `The proxy ${proxy.host} closed the connection instead of opening a tunnel.`
      settle(() => reject(new NetworkError(message, { ...unsent, hint: generalHint })))
    }
    const onError = (error: Error) => settle(() => reject(error))
    socket.on('readable', onReadable)
    socket.on('end', onEnd)
    socket.on('close', onEnd)
    socket.on('error', onError)
  })
}

function parseResponse(head: string): ProxyResponse | undefined {
  const match = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]{0,200}))?/.exec(head.slice(0, 300))
  if (match?.[1] === undefined) return undefined
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line): HeaderPair => {
      const colon = line.indexOf(':')
      return [line.slice(0, Math.max(colon, 0)), line.slice(colon + 1).trim()]
    })
  return { status: Number(match[1]), reason: match[2] ?? '', headers }
}
