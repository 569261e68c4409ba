/** `occi ip list`: lists the addresses of machines, and reserved addresses. */

import { COMPUTE, IP_RESERVATION, ipAddressesOf } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { readableItems } from '../base/readable.js'
import { loadOrWatch, watchOption } from '../base/watch.js'
import { type AddressFilter, addressFilter, addressFilterOptions } from './address-filter.js'
import { addressColumns, addressesOf, addressRecord } from './record.js'

export const list: CommandDeclaration = {
  path: ['ip', 'list'],
  summary: 'List addresses and the machines that have them',
  description: 'Reserved addresses that no machine has are listed too, if the provider has any.',
  arguments: [],
  options: [...addressFilterOptions, watchOption],
  examples: [
    { title: 'All addresses', command: 'occi ip list' },
    { title: 'The public ones', command: 'occi ip list --public' },
    {
      title: 'The machine with an address',
      command: `occi ip list -o json --query "[?address=='203.0.113.2'].machine"`,
    },
  ],
  atSites: 'reads',
  run: (context) => loadOrWatch(context, listAddresses),
}

async function listAddresses(context: CommandContext): Promise<Output> {
  const filter = addressFilter(context)
  const next = filter.matchesPublicIpv4 ? '\nNext: occi ip attach NAME' : ''
  return {
    shape: 'list',
    records: addressRecords(context, filter),
    columns: addressColumns,
    empty: `There is no ${filter.label}.${next}`,
  }
}

async function* addressRecords(
  context: CommandContext,
  { matches }: AddressFilter,
): AsyncGenerator<OutputRecord> {
  const { signal } = context
  const client = await context.client()
  const machineAddresses = new Set<string>()
  for await (const machine of readableItems(context, client.list(COMPUTE, { signal }))) {
    if (machine.type !== 'resource') continue
    for (const each of addressesOf(machine)) {
      machineAddresses.add(each.address)
      if (matches(each.address)) yield addressRecord(each, machine)
    }
  }
  const model = await client.model({ signal })
  if (model.kind(IP_RESERVATION)?.location === undefined) return
  for await (const reserved of readableItems(context, client.list(IP_RESERVATION, { signal }))) {
    if (reserved.type !== 'resource') continue
    for (const address of ipAddressesOf(reserved)) {
      if (!machineAddresses.has(address) && matches(address)) yield addressRecord({ address }, undefined)
    }
  }
}
