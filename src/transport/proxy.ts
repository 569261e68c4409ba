import { Buffer } from 'node:buffer'
import { BlockList, isIP } from 'node:net'
import { ConfigError } from '../errors/errors.js'
import { redactUrl } from './redact.js'
import type { TransportSettings } from './types.js'

/** The proxy for a target, or undefined for a direct connection. Throws ConfigError for an unusable proxy URL. */
export type ProxyChoice = (target: URL) => URL | undefined

/**
 * Reads settings as the environment variables http_proxy, https_proxy and no_proxy are commonly read: the
 * proxy is chosen by the target's scheme, `host:port` without a scheme is an http proxy, and no_proxy lists
 * hosts, domains (`example.org` and `.example.org` cover their subdomains), addresses, networks
 * (`10.0.0.0/8`), each with an optional port, or `*`.
 */
export function proxyChoice(settings: TransportSettings['proxy']): ProxyChoice {
  if (settings === undefined) return () => undefined
  const exempt = exemptions(settings.no ?? '')
  return (target) => {
    const value = target.protocol === 'https:' ? settings.https : settings.http
    return value === undefined || value.trim() === '' || exempt(target) ? undefined : proxyUrl(value.trim())
  }
}

/** The Proxy-Authorization value for the userinfo in a proxy's URL, if it has any. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined
  const pair = `${decoded(proxy.username)}:${decoded(proxy.password)}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

function proxyUrl(value: string): URL {
  const shown = redactUrl(value.includes('://') ? value : `http://${value}`).slice(0, 200)
  let url: URL
  try {
    url = new URL(value.includes('://') ? value : `http://${value}`)
  } catch {
    throw new ConfigError(`The proxy ${JSON.stringify(shown)} is not a valid URL.`, { hint })
  }
  if (url.protocol.startsWith('socks')) {
    throw new ConfigError(`The proxy ${JSON.stringify(shown)} is a SOCKS proxy, which occi cannot use.`, {
      hint: `${hint} In place of ssh -D use ssh -L with the port of the server, or run an HTTP proxy (tinyproxy) behind it.`,
    })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(`The proxy ${JSON.stringify(shown)} is neither an http nor an https proxy.`, {
      hint,
    })
  }
  return url
}

const hint = 'Set http_proxy and https_proxy to http://HOST:PORT, or list the host in no_proxy.'

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

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
