import { Buffer } from 'node:buffer'
import { BlockList, isIP } from 'node:net'
import { ConfigError } from '../errors/errors.js'
import { redactUrl } from './redact.js'
import type { TransportSettings } from './types.js'

/** Returns the proxy for a target; undefined for a direct connection. Throws ConfigError for an unusable proxy URL. */
export type ProxyChoice = (target: URL) => URL | undefined

/**
 * Interprets proxy settings in the form of the environment variables http_proxy, https_proxy and no_proxy.
 *
 * - The scheme of the target selects the proxy.
 * - A proxy without a scheme (`host:port`) is an http proxy.
 * - A proxy `socks5h://` resolves host names; for `socks5://`, this computer resolves them.
 * - no_proxy is `*`, or a list of hosts, domains (`example.org` and `.example.org` include their subdomains), addresses
 *   and networks (`10.0.0.0/8`). Hosts, domains and addresses may have a port.
 */
export function proxyChoice(settings: TransportSettings['proxy']): ProxyChoice {
  if (settings === undefined) return () => undefined
  const exempt = exemptions(settings.no ?? '')
  return (target) => {
    const value = target.protocol === 'https:' ? settings.https : settings.http
    return value === undefined || value.trim() === '' || exempt(target) ? undefined : proxyUrl(value.trim())
  }
}

/** Returns the Proxy-Authorization header for the userinfo of a proxy's URL; undefined if it has none. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined
  const { username, password } = proxyLogin(proxy)
  const pair = `${username}:${password}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

/** Returns the userinfo of a proxy's URL, decoded. */
export function proxyLogin(proxy: URL): { readonly username: string; readonly password: string } {
  return { username: decodeComponent(proxy.username), password: decodeComponent(proxy.password) }
}

/** Whether a proxy is a SOCKS proxy, through which all connections are tunnels, also those for plain http. */
export function isSocks({ protocol }: URL): boolean {
  return protocol.startsWith('socks')
}

/** Returns scheme, host and port of a proxy's URL. `URL.origin` would be `null` for a SOCKS proxy. */
export function proxyAddress({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}

/** Masks the credentials in a proxy setting. */
export function redactProxy(value: string): string {
  return value.includes('@') ? redactUrl(withScheme(value)) : value
}

/** Adds the scheme http to a proxy setting without a scheme. */
function withScheme(value: string): string {
  return value.includes('://') ? value : `http://${value}`
}

function proxyUrl(value: string): URL {
  const shown = JSON.stringify(redactProxy(value).slice(0, 200))
  // Desktops write socks://, without a version, for proxies that resolve names.
  const text = withScheme(value).replace(/^socks:/i, 'socks5h:')
  if (!URL.canParse(text) || new URL(text).hostname === '') {
    throw new ConfigError(`The proxy ${shown} is not a valid URL.`, { hint })
  }
  const url = new URL(text)
  if (isSocks(url)) {
    if (!['socks5:', 'socks5h:'].includes(url.protocol)) {
      throw new ConfigError(`The proxy ${shown} is not a SOCKS proxy of version 5.`, { hint })
    }
    if (url.port === '') url.port = '1080'
    return url
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(`The proxy ${shown} is neither an http nor a socks5 proxy.`, { hint })
  }
  return url
}

const hint =
  'Set http_proxy and https_proxy to http://HOST:PORT or socks5h://HOST:PORT, or list the host in no_proxy.'

/** Returns a test for the targets that no_proxy lists. */
function exemptions(list: string): (target: URL) => boolean {
  const tests = list
    .split(/[\s,]/)
    .filter((entry) => entry !== '')
    .map((entry) => exemption(entry.toLowerCase()))
  return (target) => tests.some((test) => test(target))
}

function exemption(entry: string): (target: URL) => boolean {
  if (entry === '*') return () => true
  const network = networkTest(entry)
  if (network !== undefined) return (target) => network(hostOf(target))
  const [, bracketed, plainHost, port] = /^(?:\[([0-9a-f:.]+)\]|([^:]*)):(\d+)$/.exec(entry) ?? []
  const host = (bracketed ?? plainHost ?? entry).replace(/^\[|\]$/g, '').replace(/^\*?\.|\.$/g, '')
  return (target) => {
    if (port !== undefined && port !== portOf(target)) return false
    const name = hostOf(target)
    return name === host || (isIP(name) === 0 && name.endsWith(`.${host}`))
  }
}

/** Returns a test for the addresses of a network such as `10.0.0.0/8`; undefined for another entry. */
function networkTest(entry: string): ((address: string) => boolean) | undefined {
  const slash = entry.indexOf('/')
  const family = isIP(entry.slice(0, Math.max(slash, 0)))
  const bits = Number(entry.slice(slash + 1))
  if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128))
    return undefined
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(entry.slice(0, slash), bits, kind)
  return (address) => isIP(address) === family && list.check(address, kind)
}

function hostOf(target: URL): string {
  return target.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}

function portOf(target: URL): string {
  return target.port !== '' ? target.port : target.protocol === 'https:' ? '443' : '80'
}

function decodeComponent(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
