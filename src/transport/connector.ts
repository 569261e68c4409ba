import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { createOnce } from '../basics/create-once.js'
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
 * Returns the function that opens the connections of one pool: with undici's connector, through a tunnel if a proxy is
 * used, and with a response filter.
 */
export function createConnector(settings: ConnectionSettings, build: typeof buildConnector): Connector {
  const connectorWith = (tls: object) => {
    const common = { timeout: settings.connectTimeout, allowH2: false }
    return toPromise(build({ ...tls, ...common } as buildConnector.BuildOptions))
  }
  const connectPlain = connectorWith({})
  // Loaded on demand, since reading the system's certificates takes 5 % of the time of a listing over http.
  const tlsMaterial = createOnce(async () => ({ ...(await settings.trust?.()), ...settings.tls }))
  const lazyTlsConnector = (options: typeof tlsOptions) =>
    createOnce(async () => {
      const tls = await tlsMaterial()
      // A check needs a full handshake: a resumed TLS session provides only the server's own certificate, and would
      // continue even if the check failed before.
      return connectorWith({ ...options(tls), ...(needsServerCheck(tls) ? { maxCachedSessions: 0 } : {}) })
    })
  const connectTls = lazyTlsConnector(tlsOptions)
  // The proxy does not get the client certificate, which is meant for the provider.
  const connectTlsToProxy = lazyTlsConnector(proxyTlsOptions)
  const connectTo = async (target: Target, connectWithTls: () => Promise<Connect>) => {
    if (target.protocol !== 'https:') return connectPlain(target)
    const [connectSecurely, tls] = await Promise.all([connectWithTls(), tlsMaterial()])
    return checkedConnection(connectSecurely(target), tls)
  }
  const connectToServer = (target: Target) => connectTo(target, connectTls)
  const connectToProxy = (target: Target) => connectTo(target, connectTlsToProxy)

  async function connect(target: Target): Promise<Socket> {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`)
    if (settings.isProxy(url)) return connectToProxy(target)
    const proxy = settings.proxyFor(url)
    if (proxy !== undefined && isSocks(proxy)) {
      const { openSocksTunnel } = await loadModule(() => import('./socks.js'))
      const tunnel = await connectPlain(proxyTarget(proxy))
      await openSocksTunnel(tunnel, proxy, { host: url.hostname, port: portOf(url) }, settings.connectTimeout)
      return target.protocol === 'https:' ? connectToServer({ ...target, httpSocket: tunnel }) : tunnel
    }
    if (proxy === undefined || target.protocol !== 'https:') return connectToServer(target)
    const tunnel = await connectToProxy(proxyTarget(proxy))
    await openTunnel(tunnel, proxy, authorityOf(url), settings.connectTimeout)
    return connectToServer({ ...target, httpSocket: tunnel })
  }

  return (target, callback) => {
    connect(target).then(
      (socket) => {
        filterResponses(socket, responseFilter(settings))
        reportAlert(socket)
        callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

/**
 * Passes every byte that a socket receives through the filter. node:net and node:tls pass received bytes, after
 * decryption, to the documented method `push`.
 */
function filterResponses(socket: Socket, filter: ResponseFilter): void {
  const push = socket.push.bind(socket)
  const pushAll = (parts: readonly Buffer[]) => {
    let wantsMore = true
    for (const part of parts) wantsMore = push(part)
    return wantsMore
  }
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
 * Makes undici report the TLS alert that ends a connection. In TLS 1.3, the alert for a missing client certificate
 * arrives after the handshake and is followed by the end of the stream, for which undici reports "other side closed".
 * Destroying the socket with the alert prevents that.
 */
function reportAlert(socket: Socket): void {
  socket.once('error', (alert) => {
    if (!socket.destroyed) socket.destroy(alert)
  })
}

function toPromise(connector: Connector): Connect {
  return (target) =>
    new Promise((resolve, reject) => {
      // Throws for unusable certificates or keys; the promise rejects then.
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
