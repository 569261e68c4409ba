/** Assigns IP addresses from the range of a network. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** Host numbers below this one are reserved for routers. */
const firstHost = 10

/**
 * An address of the network that no link has, apart from the link `except`; undefined when the network has no range.
 * Throws Fault 409 when no address is free.
 */
export function freeAddress(context: Context, network: EntityRecord, except: string): string | undefined {
  const range = new Map(network.attributes).get('occi.network.address')
  if (typeof range !== 'string') return undefined
  const taken = new Set<string>()
  for (const link of context.cloud.linksAt(network.path)) {
    const address = new Map(link.attributes).get('occi.networkinterface.address')
    if (link.path !== except && typeof address === 'string') taken.add(address)
  }
  const at = hosts(range)
  if (at === undefined) return undefined
  for (let host = Math.min(firstHost, at.count); host <= at.count; host += 1) {
    const address = at.address(host)
    if (!taken.has(address)) return address
  }
  throw new Fault(409, `Network ${network.path} has no free address`)
}

interface Hosts {
  /** Highest usable host number. */
  readonly count: number
  address(host: number): string
}

function hosts(range: string): Hosts | undefined {
  const slash = range.indexOf('/')
  const base = slash < 0 ? range : range.slice(0, slash)
  const bits = slash < 0 ? undefined : Number(range.slice(slash + 1))
  if (base.includes(':')) return ipv6(base)
  const parts = base.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined
  const prefix = bits === undefined || !Number.isInteger(bits) || bits < 0 || bits > 30 ? 24 : bits
  const size = 2 ** (32 - prefix)
  const number = parts.reduce((sum, part) => sum * 256 + part, 0)
  const network = Math.floor(number / size) * size
  return {
    count: size - 2,
    address: (host) =>
      [24, 16, 8, 0].map((shift) => Math.floor((network + host) / 2 ** shift) % 256).join('.'),
  }
}

function ipv6(base: string): Hosts | undefined {
  const cut = base.indexOf('::')
  if (cut < 0) return undefined
  return { count: 0xffff, address: (host) => `${base.slice(0, cut)}::${host.toString(16)}` }
}
