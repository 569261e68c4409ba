/** Assigns IP addresses from the range of a network. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** The first host number that is assigned; lower ones are reserved for routers. */
const firstHost = 10

/**
 * An address of the network that no other link than the one at `linkPath` has; undefined when the network has no
 * range. Throws Fault 409 when no address is free.
 */
export function freeAddress(context: Context, network: EntityRecord, linkPath: string): string | undefined {
  const range = new Map(network.attributes).get('occi.network.address')
  if (typeof range !== 'string') return undefined
  const taken = new Set<string>()
  for (const link of context.cloud.linksAt(network.path)) {
    const address = new Map(link.attributes).get('occi.networkinterface.address')
    if (link.path !== linkPath && typeof address === 'string') taken.add(address)
  }
  const hosts = hostRange(range)
  if (hosts === undefined) return undefined
  for (let host = Math.min(firstHost, hosts.count); host <= hosts.count; host += 1) {
    const address = hosts.address(host)
    if (!taken.has(address)) return address
  }
  throw new Fault(409, `Network ${network.path} has no free address`)
}

/** The hosts of an address range. */
interface Hosts {
  /** Highest usable host number. */
  readonly count: number
  address(host: number): string
}

/** The hosts of a range in CIDR notation; undefined if it cannot be read. The default prefix length is 24. */
function hostRange(range: string): Hosts | undefined {
  const slash = range.indexOf('/')
  const base = slash < 0 ? range : range.slice(0, slash)
  const prefix = slash < 0 ? Number.NaN : Number(range.slice(slash + 1))
  if (base.includes(':')) return ipv6HostRange(base)
  const parts = base.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined
  const isUsable = Number.isInteger(prefix) && prefix >= 0 && prefix <= 30
  const size = 2 ** (32 - (isUsable ? prefix : 24))
  const number = parts.reduce((sum, part) => sum * 256 + part, 0)
  const network = Math.floor(number / size) * size
  return {
    count: size - 2,
    address: (host) =>
      [24, 16, 8, 0].map((shift) => Math.floor((network + host) / 2 ** shift) % 256).join('.'),
  }
}

/** The hosts of an IPv6 network that is written with `::`: only the last 16 bits are assigned. */
function ipv6HostRange(base: string): Hosts | undefined {
  const colons = base.indexOf('::')
  if (colons < 0) return undefined
  return { count: 0xffff, address: (host) => `${base.slice(0, colons)}::${host.toString(16)}` }
}
