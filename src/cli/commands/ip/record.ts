/**
 * Addresses as output records, always with the same keys: address, family, public, machine, network, link, url, ips.
 */
import { omitUndefined } from '../../../basics/objects.js'
import type { Link, Resource } from '../../../model/index.js'
import { ipAddressesOf } from '../../../model/index.js'
import type { Column, OutputRecord } from '../../output/types.js'
import { addressesOfLink, displayName, entityRecord, lastSegment } from '../../records/entity.js'
import { familyOf, isPublic } from '../../values/address.js'

/** An address, and where the provider shows it. */
interface MachineAddress {
  readonly address: string
  /** The link that has the address; absent if an attribute of the machine has it. */
  readonly link?: Link | undefined
}

/** The valid addresses of a machine without duplicates. Those of its links come first. */
export function addressesOf(machine: Resource): readonly MachineAddress[] {
  const byAddress = new Map<string, MachineAddress>()
  const add = (addresses: readonly string[], link?: Link) => {
    for (const address of addresses) {
      if (familyOf(address) !== undefined && !byAddress.has(address)) {
        byAddress.set(address, { address, link })
      }
    }
  }
  for (const link of machine.links) add(addressesOfLink(link), link)
  add(ipAddressesOf(machine))
  return [...byAddress.values()]
}

/** The record of an address. `machine` is undefined for a reserved address that no machine has. */
export function addressRecord(
  { address, link }: MachineAddress,
  machine: Resource | undefined,
): OutputRecord {
  return {
    data: {
      address,
      family: familyOf(address) === 6 ? 'ipv6' : 'ipv4',
      public: isPublic(address),
      machine: machine === undefined ? null : displayName(entityRecord(machine)),
      network: lastSegment(link?.target?.location) ?? null,
      link: link?.location ?? null,
      url: machine?.location ?? null,
      ips: [address],
    },
    name: address,
    id: address,
    ...omitUndefined({ url: machine?.location }),
  }
}

/** The record of a link whose address is not known yet. */
export function unknownAddressRecord(link: string): OutputRecord {
  const data = {
    address: null,
    family: null,
    public: null,
    machine: null,
    network: null,
    link,
    url: null,
    ips: [],
  }
  return { data, url: link }
}

export const addressColumn: Column = { key: 'address', heading: 'ADDRESS', value: 'address', style: 'name' }
export const addressColumns: readonly Column[] = [
  addressColumn,
  { key: 'public', heading: 'PUBLIC', value: ({ data }) => (data['public'] === true ? 'yes' : 'no') },
  { key: 'machine', heading: 'MACHINE', value: 'machine' },
  { key: 'network', heading: 'NETWORK', value: 'network' },
  { key: 'family', heading: 'FAMILY', value: 'family', wide: true },
  { key: 'link', heading: 'LINK', value: 'link', wide: true },
  { key: 'url', heading: 'URL', value: 'url', wide: true },
]
