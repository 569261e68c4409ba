/** IP addresses of an instance. */
import type { Attributes } from './attribute.js'
import type { Resource } from './entity.js'

/**
 * Returns the IP addresses in the attributes of the links (`occi.networkinterface.address` and its vendor
 * equivalents), then those in the resource's own attributes, without duplicates and prefix lengths.
 */
export function ipAddressesOf(resource: Resource): readonly string[] {
  const found = new Set<string>()
  for (const link of resource.links) for (const address of addressesIn(link.attributes)) found.add(address)
  for (const address of addressesIn(resource.attributes)) found.add(address)
  return [...found]
}

/**
 * Last parts of the attribute names that hold addresses. Gateways, masks and MAC addresses are excluded.
 */
const ADDRESS_NAMES: ReadonlySet<string> = new Set([
  'address',
  'addresses',
  'ip',
  'ips',
  'ip_address',
  'ipaddress',
  'ipv4',
  'ipv6',
  'publicaddress',
  'privateaddress',
])
/** The address of a network is a range rather than a host. */
const RANGE_NAMES: ReadonlySet<string> = new Set(['occi.network.address'])

function* addressesIn(attributes: Attributes): Iterable<string> {
  for (const [name, value] of attributes) {
    if (RANGE_NAMES.has(name) || !ADDRESS_NAMES.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase()))
      continue
    const texts = Array.isArray(value) ? value : String(value).slice(0, MAX_TEXT_LENGTH).split(',')
    for (const text of texts) {
      const address = String(text).trim().split('/')[0] ?? ''
      if (isAddress(address)) yield address
    }
  }
}

const MAX_TEXT_LENGTH = 4096

function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text)
}

function isIPv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}

/**
 * Checks the form only: at least two colons, groups of at most four hexadecimal digits, optionally an IPv4
 * address at the end.
 */
function isIPv6(text: string): boolean {
  if (text.length > 45 || text === '::') return false
  const groups = text.split(':')
  if (groups.length < 3 || groups.length > 9) return false
  return groups.every(
    (group, index) => /^[0-9A-Fa-f]{0,4}$/.test(group) || (index === groups.length - 1 && isIPv4(group)),
  )
}
