import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { lazily } from '../basics/lazily.js'
import { loadModule } from './failures.js'
import { isSocks } from './proxy.js'
import { type ResponseFilter, responseFilter } from './response-filter.js'
import { checkedConnection, needsServerCheck } from './server-check.js'
import type { ConnectionSettings } from './settings.js'
import { proxyTlsOptions, tlsOptions } from './tls.js'
import { openTunnel } from './tunnel.js'

type Connector = buildConnector.connector
type Target = buildConnector.Options
type Connect = (target: Target) => Promise<Socket>

/**
 * Opens the connections of one pool with undici's connector, through a tunnel if a proxy is used, and with a
 * response filter. Keeps the TLS alert that ends a connection, for error messages.
 */
export function openConnector(settings: ConnectionSettings, build: typeof buildConnector): Connector {
  const connectorWith = (tls: object) => {
    const common = { timeout: settings.connectTimeout, allowH2: false }
    return toPromise(build({ ...tls, ...common } as buildConnector.BuildOptions))
  }
  const plain = connectorWith({})
  // Loaded on demand, since finding the system's certificates takes 5 % of the time of a listing over http.
  const tlsMaterial = lazily(async () => ({ ...(await settings.trust?.()), ...settings.tls }))
  const secureConnector = (options: typeof tlsOptions) =>
    lazily(async () => {
      const tls = await tlsMaterial()
      // Sessions are not resumed: a resumed session has only the server's own certificate, and would continue after
      // a failed check.
      return connectorWith({ ...options(tls), ...(needsServerCheck(tls) ? { maxCachedSessions: 0 } : {}) })
    })
  const secure = secureConnector(tlsOptions)
  // The client certificate is for the provider rather than the proxy.
  const secureProxy = secureConnector(proxyTlsOptions)
  const open = async (target: Target, secureConnect: () => Promise<Connect>) => {
    if (target.protocol !== 'https:') return plain(target)
    const [connectSecurely, tls] = await Promise.all([secureConnect(), tlsMaterial()])
    return checkedConnection(connectSecurely(target), tls)
  }
  const toServer = (target: Target) => open(target, secure)
  const toProxy = (target: Target) => open(target, secureProxy)

  async function connect(target: Target): Promise<Socket> {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`)
    if (settings.isProxy(url)) return toProxy(target)
    const proxy = settings.proxyFor(url)
    if (proxy !== undefined && isSocks(proxy)) {
      const { openSocksTunnel } = await loadModule(() => import('./socks.js'))
      const tunnel = await plain(proxyTarget(proxy))
      await openSocksTunnel(tunnel, proxy, { host: url.hostname, port: portOf(url) }, settings.connectTimeout)
      return target.protocol === 'https:' ? toServer({ ...target, httpSocket: tunnel }) : tunnel
    }
    if (proxy === undefined || target.protocol !== 'https:') return toServer(target)
    const tunnel = await toProxy(proxyTarget(proxy))
    await openTunnel(tunnel, proxy, authorityOf(url), settings.connectTimeout)
    return toServer({ ...target, httpSocket: tunnel })
  }

  return (target, callback) => {
    connect(target).then(
      (socket) => {
        filterResponses(socket, responseFilter(settings))
        keepAlert(socket)
        callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

/**
 * Passes every byte that a socket receives through the filter. node:net and node:tls feed sockets through
 * the documented method `push`, after decryption.
 */
function filterResponses(socket: Socket, filter: ResponseFilter): void {
  const push = socket.push.bind(socket)
  const pushAll = (parts: readonly Buffer[]) => parts.reduce((_, part) => push(part), true)
  socket.push = (chunk: Buffer | null) => {
    try {
      if (chunk !== null) return pushAll(filter.write(chunk))
      pushAll(filter.end())
      return push(null)
    } catch (error) {
      socket.destroy(error as Error)
      return false
    }
  }
}

/**
 * After the handshake, a TLS alert (in TLS 1.3: a missing client certificate) is followed by the end of the
 * stream, for which undici reports "other side closed" instead. Destroying the socket with the alert keeps
 * the alert.
 */
function keepAlert(socket: Socket): void {
  socket.once('error', (error) => {
    if (!socket.destroyed) socket.destroy(error)
  })
}

function toPromise(connector: Connector): Connect {
  return (target) =>
    new Promise((resolve, reject) => {
      // Throws for unusable certificates or keys, which rejects the promise.
      connector(target, (error, socket) => (error === null ? resolve(socket) : reject(error)))
    })
}

function proxyTarget(proxy: URL): Target {
  const protocol = proxy.protocol === 'https:' ? 'https:' : 'http:'
  const hostname = proxy.hostname.replace(/^\[|\]$/g, '')
  return { protocol, hostname, host: proxy.host, port: proxy.port }
}

function authorityOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
