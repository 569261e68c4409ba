/** Finds the IP addresses of a machine. */
import type { Attributes } from './attribute.js'
import type { Resource } from './entity.js'

/**
 * Returns the IP addresses in the attributes of a resource's links (`occi.networkinterface.address` and what vendors
 * use instead), then those in the attributes of the resource, without duplicates and prefix lengths.
 */
export function ipAddressesOf(resource: Resource): readonly string[] {
  const addresses = new Set<string>()
  for (const link of resource.links)
    for (const address of addressesIn(link.attributes)) addresses.add(address)
  for (const address of addressesIn(resource.attributes)) addresses.add(address)
  return [...addresses]
}

/** The last parts of the names of attributes that hold addresses. Those of gateways, masks and MAC addresses differ. */
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
/** Attributes that hold address ranges, although their names end like those of addresses. */
const RANGE_NAMES: ReadonlySet<string> = new Set(['occi.network.address'])

/** Yields the valid addresses in attributes. A value may be a list, or text with commas. */
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
 * Whether text has the form of an IPv6 address: at least two colons, groups of at most four hexadecimal digits, perhaps
 * an IPv4 address at the end.
 */
function isIPv6(text: string): boolean {
  if (text.length > 45 || text === '::') return false
  const groups = text.split(':')
  if (groups.length < 3 || groups.length > 9) return false
  return groups.every(
    (group, index) => /^[0-9A-Fa-f]{0,4}$/.test(group) || (index === groups.length - 1 && isIPv4(group)),
  )
}
