import { isSocks, type ProxyChoice, proxyChoice } from './proxy.js'
import type { TlsMaterial, TransportSettings } from './types.js'

/** Settings of connections, with all defaults filled in. Timeouts are in milliseconds. */
export interface ConnectionSettings {
  readonly connectTimeout: number
  readonly headersTimeout: number
  readonly bodyTimeout: number
  readonly connections: number
  /** The largest response head in bytes. */
  readonly maxHead: number
  readonly tls: TlsMaterial
  readonly trust: TransportSettings['trust']
  /** Name of the header in which the response filter lists its repairs. Servers cannot guess it. */
  readonly marker: string
  readonly proxyFor: ProxyChoice
  /** Whether `origin` is that of an HTTP proxy that `proxyFor` has returned. */
  readonly isProxy: (origin: URL) => boolean
}

/** text/occi puts a whole model into one header: 3.5 MB for 10,000 categories (Q2). */
const maxHead = 32 * 1024 * 1024

/** The default of `TransportSettings.maxResponse`, in bytes. */
export const defaultMaxResponse = 256 * 1024 * 1024

/** Fills in the defaults. `random` returns an unguessable string. */
export function resolveConnectionSettings(
  settings: TransportSettings,
  random: () => string,
): ConnectionSettings {
  const chooseProxy = proxyChoice(settings.proxy)
  const forwardingProxies = new Set<string>()
  return {
    connectTimeout: settings.connectTimeout ?? 10_000,
    headersTimeout: settings.headersTimeout ?? 60_000,
    bodyTimeout: settings.bodyTimeout ?? 60_000,
    connections: settings.connections ?? 10,
    maxHead,
    tls: settings.tls ?? {},
    trust: settings.trust,
    marker: `x-tolerated-${random()}`,
    proxyFor: (target) => {
      const proxy = chooseProxy(target)
      if (proxy !== undefined && !isSocks(proxy)) forwardingProxies.add(proxy.origin)
      return proxy
    },
    isProxy: (origin) => forwardingProxies.has(origin.origin),
  }
}
