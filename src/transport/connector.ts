import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import { type ResponseFilter, responseFilter } from './response-filter.js'
import type { WireSettings } from './settings.js'
import { proxyTlsOptions, tlsOptions } from './tls.js'
import { openTunnel } from './tunnel.js'
import type { TlsMaterial } from './types.js'

type Connector = buildConnector.connector
type Target = buildConnector.Options
type Connect = (target: Target) => Promise<Socket>

/**
 * Makes the connections of one pool: by undici's connector, through a tunnel where there is a proxy, with a
 * response filter. It also keeps the TLS alert that ends a connection.
 */
export function openConnector(settings: WireSettings, build: typeof buildConnector): Connector {
  const common = { timeout: settings.connectTimeout, allowH2: false }
  const make = (tls: object) => promised(build({ ...tls, ...common } as buildConnector.BuildOptions))
  const plain = make({})
  const secure = once(() => make(tlsOptions(settings.tls)))
  // The client certificate is for the provider rather than the proxy.
  const secureProxy = once(() => make(proxyTlsOptions(settings.tls)))
  const open = (target: Target, encrypted: () => Connect) =>
    target.protocol === 'https:' ? checked(encrypted()(target), settings.tls) : plain(target)
  const toServer = (target: Target) => open(target, secure)
  const toProxy = (target: Target) => open(target, secureProxy)

  async function connect(target: Target): Promise<Socket> {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`)
    if (settings.isProxy(url)) return toProxy(target)
    const proxy = target.protocol === 'https:' ? settings.proxyFor(url) : undefined
    if (proxy === undefined) return toServer(target)
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
export function filterResponses(socket: Socket, filter: ResponseFilter): void {
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

/** The connection, unless there is something against the certificates that the server has shown. */
async function checked(connecting: Promise<Socket>, { checkServer, insecure }: TlsMaterial): Promise<Socket> {
  const socket = await connecting
  if (checkServer === undefined || insecure === true) return socket
  // undici would wait for ever for a socket that ends meanwhile, and would not see its alert.
  let failed: Error | undefined
  const keep = (error: Error) => {
    failed ??= error
  }
  socket.on('error', keep)
  try {
    await checkServer(chainOf(socket as TLSSocket))
    if (failed !== undefined || socket.destroyed) throw failed ?? new ClosedError()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    socket.off('error', keep)
  }
}

/** Not undici's own UND_ERR_SOCKET, after which it would connect again without end. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('other side closed')
  }
}

/** From the server's own certificate to the last that is known. */
function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<string>()
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (certificate?.raw !== undefined && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256)
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
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

/** Loads the 144 root certificates only when they are needed. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function promised(connector: Connector): Connect {
  return (target) =>
    new Promise((resolve, reject) => {
      // Throws for unusable certificates or keys, which rejects the promise.
      connector(target, (error, socket) => (error === null ? resolve(socket) : reject(error)))
    })
}

function proxyTarget(proxy: URL): Target {
  return { protocol: proxy.protocol, hostname: proxy.hostname, host: proxy.host, port: proxy.port }
}

function authorityOf(url: URL): string {
  return `${url.hostname}:${url.port === '' ? '443' : url.port}`
}
