/** `--public`, `--private`, `-4`, `-6`: select addresses. */

import { shellWord } from '../../../basics/shell-word.js'
import { NotFoundError } from '../../../errors/errors.js'
import type { Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { familyOf, isPublic } from '../../values/address.js'

export const addressFilterOptions: readonly OptionDeclaration[] = [
  {
    name: 'public',
    description: 'only addresses that can be reached from anywhere',
    conflicts: ['private'],
    env: 'none',
  },
  { name: 'private', description: 'only addresses inside the cloud', env: 'none' },
  { name: 'ipv4', short: '4', description: 'only IPv4', conflicts: ['ipv6'], env: 'none' },
  { name: 'ipv6', short: '6', description: 'only IPv6', env: 'none' },
]

/** The addresses that the options select. */
export interface AddressFilter {
  readonly matches: (address: string) => boolean
  /** The selected addresses in messages: `public IPv6 address`. */
  readonly label: string
  /** Whether public IPv4 addresses match. "occi ip attach" gives a machine such an address. */
  readonly matchesPublicIpv4: boolean
}

export function addressFilter({ options }: Invocation): AddressFilter {
  const reach = firstSet(options, 'public', 'private')
  const family = firstSet(options, 'ipv4', 'ipv6')
  const words = [reach, family?.replace('ip', 'IP'), 'address']
  return {
    label: words.filter((word) => word !== undefined).join(' '),
    matchesPublicIpv4: reach !== 'private' && family !== 'ipv6',
    matches: (address) =>
      (reach === undefined || isPublic(address) === (reach === 'public')) &&
      (family === undefined || familyOf(address) === (family === 'ipv4' ? 4 : 6)),
  }
}

/** The error for a machine without a matching address. `addresses` are the addresses that it has. */
export function noAddressError(
  name: string,
  { label, matchesPublicIpv4 }: AddressFilter,
  addresses: readonly string[],
): NotFoundError {
  const attach = matchesPublicIpv4 ? `"occi ip attach ${shellWord(name)}" gives it a public one.` : undefined
  const state =
    addresses.length > 0
      ? `It has ${addresses.join(', ')}.`
      : `"occi compute wait ${shellWord(name)} --for ip" waits until it has one.`
  return new NotFoundError(`${name} has no ${label}`, {
    hint: attach === undefined ? state : `${state} ${attach}`,
    at: 'NAME',
  })
}

function firstSet(options: Invocation['options'], ...names: readonly string[]): string | undefined {
  return names.find((name) => options.isSet(name))
}
