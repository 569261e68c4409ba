/** Classifies IP addresses and host names. */

import { BlockList, isIP } from 'node:net'
import { createOnce } from '../../basics/create-once.js'

/**
 * Returns 4 or 6; undefined if the text is not an IP address. An address with a zone (`fe80::1%eth0`) does not count,
 * since it is valid on one machine only.
 */
export function familyOf(address: string): 4 | 6 | undefined {
  const family = address.includes('%') ? 0 : isIP(address)
  return family === 4 || family === 6 ? family : undefined
}

/**
 * Whether the address is public: not private (RFC 1918, RFC 4193), shared (RFC 6598), for benchmarks (RFC 2544),
 * link-local, loopback, unspecified, multicast or reserved.
 */
export function isPublic(address: string): boolean {
  const family = familyOf(address)
  return family !== undefined && !nonPublicRanges().check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Whether other machines cannot use the address: it is loopback, link-local or unspecified. Also true for a text that
 * is not an address.
 */
export function isLocalOnly(address: string): boolean {
  const family = familyOf(address)
  return family === undefined || localRanges().check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Whether the text is a host name with a domain (RFC 1123 §2.1). Such a name cannot begin with a hyphen, so ssh does
 * not read it as an option.
 */
export function isQualifiedHostName(text: string): boolean {
  if (text.length > 253 || !text.includes('.') || isIP(text) !== 0) return false
  return text
    .split('.')
    .every((label) => label.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label))
}

const localRanges = createOnce(() =>
  blockListOf([
    ['0.0.0.0', 8],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['::', 127],
    ['fe80::', 10],
  ]),
)

const nonPublicRanges = createOnce(() =>
  blockListOf([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
    ['::', 127],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ]),
)

function blockListOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const blockList = new BlockList()
  for (const [address, length] of ranges)
    blockList.addSubnet(address, length, address.includes(':') ? 'ipv6' : 'ipv4')
  return blockList
}
