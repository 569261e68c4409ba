/** `occi ip attach NAME`: gives a machine a public address. */

import { formatLimit } from '../../../basics/amounts.js'
import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { Client, Created } from '../../../client/index.js'
import { OcciError, TimeoutError, UsageError } from '../../../errors/errors.js'
import { COMPUTE, IP_NETWORK_INTERFACE, IP_RESERVATION, NETWORK_INTERFACE } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Surroundings } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { familyOf, isPublic } from '../../values/address.js'
import { withCreatedLocation } from '../base/after-create.js'
import { findTarget } from '../base/targets.js'
import { timeoutOf, waitTimeoutOption } from '../base/wait-options.js'
import { type AddressSource, addressSourceOf, type Pool } from './address-source.js'
import { readMachine } from './machine.js'
import { addressColumn, addressesOf, addressRecord, unknownAddressRecord } from './record.js'

export const attach: CommandDeclaration = {
  path: ['ip', 'attach'],
  summary: 'Give a virtual machine a public address',
  description:
    'Depending on the provider, the machine is linked to a reserved address that is free, to the public network (with the mixin of a floating pool if there is one), or to an address that is reserved first.',
  arguments: [
    { name: 'NAME', description: 'the virtual machine', completion: { of: 'entity', kind: COMPUTE } },
  ],
  options: [
    {
      name: 'network',
      value: 'NAME',
      description: 'the public network, if there are several',
      completion: { of: 'network' },
      env: 'none',
    },
    {
      name: 'pool',
      value: 'POOL',
      description: 'the pool of floating addresses, if there are several',
      completion: { of: 'mixin' },
      env: 'none',
    },
    {
      name: 'address',
      value: 'IP',
      description: 'this address, if the provider lets you choose one',
      env: 'none',
    },
    { name: 'wait', description: 'wait until the machine has the address', group: 'Waiting' },
    waitTimeoutOption,
  ],
  examples: [
    { title: 'From the public network or the only pool', command: 'occi ip attach web --wait' },
    { title: 'In a script: the new address in a variable', command: 'ADDRESS=$(occi ip attach web --wait)' },
    { title: 'From a pool', command: 'occi ip attach web --pool provider' },
  ],
  atSites: 'writes',
  run,
}

async function run(context: CommandContext): Promise<Output> {
  const { options } = context
  const requestedAddress = options.text('address')
  if (requestedAddress !== undefined && familyOf(requestedAddress) === undefined) {
    throw new UsageError(`--address cannot be "${requestedAddress}"`, {
      hint: 'Use an IP address: --address 203.0.113.7.',
      at: '--address',
    })
  }
  const timeout = timeoutOf(context, 'wait-timeout')
  const client = await context.client()
  const name = context.word('NAME') ?? ''
  const target = await findTarget(client, name, COMPUTE, context)
  const previousAddresses = addressesOf(await readMachine(context, client, target)).map(
    ({ address }) => address,
  )
  const source = await addressSourceOf(context, client)
  context.progress.show('Attaching', source.type === 'network' ? source.name : 'a reserved address')
  const link = await linkToSource(context, client, target.location, source, requestedAddress)
  context.noteCreated(link.location, 'occi link delete')
  const readNewAddresses = () => newAddresses(context, client, target.location, previousAddresses)
  try {
    const added = options.isSet('wait')
      ? await waitForNewAddresses(context, readNewAddresses, name, timeout)
      : await readNewAddresses()
    if (added.records.length > 0) {
      for (const address of added.addresses) context.inform(`${name} has the address ${address}.`)
      context.inform(`Next: occi ssh ${shellWord(name)}`)
      return addressesOutput(added.records)
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(withCreatedLocation(error, link.location))
    return addressesOutput([unknownAddressRecord(link.location)])
  }
  // "wait --for ip" would end at once for a machine that has another address.
  const next =
    previousAddresses.length === 0
      ? `occi compute wait ${shellWord(name)} --for ip`
      : `occi compute ip ${shellWord(name)}`
  context.inform(`${name} has no new address yet.\nNext: ${next}`)
  return addressesOutput([unknownAddressRecord(link.location)])
}

function addressesOutput(records: readonly OutputRecord[]): Output {
  return { shape: 'list', records, columns: [addressColumn], pipeFormat: 'value', terminalFormat: 'value' }
}

/** Links a machine to the source of its address. `address` is the requested address. */
async function linkToSource(
  { signal }: Surroundings,
  client: Client,
  machine: string,
  source: AddressSource,
  address: string | undefined,
): Promise<Created> {
  const model = await client.model({ signal })
  // The address is an attribute of this mixin (GFD.224 §3.5.1.1).
  const ipMixin =
    address !== undefined && model.get(IP_NETWORK_INTERFACE) !== undefined ? [IP_NETWORK_INTERFACE] : []
  const attributes = omitUndefined({ 'occi.networkinterface.address': address })
  if (source.type === 'network') {
    return client.link(
      machine,
      {
        target: source.target,
        kind: NETWORK_INTERFACE,
        mixins: [...ipMixin, ...(source.pool === undefined ? [] : [source.pool.mixin])],
        attributes: { ...attributes, ...source.pool?.attributes },
      },
      { signal },
    )
  }
  if (source.type === 'reserved-address') {
    return client.link(machine, { target: source.target, kind: NETWORK_INTERFACE }, { signal })
  }
  const reserved = await reserve(client, source.pool, signal)
  try {
    return await client.link(
      machine,
      { target: reserved.location, kind: NETWORK_INTERFACE, mixins: ipMixin, attributes },
      { signal },
    )
  } catch (error) {
    // Without a link, the new reservation would remain unused.
    await client.delete(reserved.location).catch(() => {})
    throw error
  }
}

function reserve(client: Client, pool: Pool | undefined, signal: AbortSignal): Promise<Created> {
  return client.create(
    {
      kind: IP_RESERVATION,
      mixins: pool === undefined ? [] : [pool.mixin],
      attributes: pool?.attributes ?? {},
    },
    { signal },
  )
}

/** The addresses that the machine did not have before. If some of them are public, only these. */
async function newAddresses(
  context: Surroundings,
  client: Client,
  location: string,
  previousAddresses: readonly string[],
) {
  const machine = await readMachine(context, client, { name: location, location })
  const added = addressesOf(machine).filter(({ address }) => !previousAddresses.includes(address))
  const publicAddresses = added.filter(({ address }) => isPublic(address))
  const reported = publicAddresses.length > 0 ? publicAddresses : added
  return {
    addresses: reported.map(({ address }) => address),
    records: reported.map((each) => addressRecord(each, machine)),
  }
}

/** Milliseconds between reads at the beginning. The interval doubles after each, up to longestInterval. */
const firstInterval = 500
const longestInterval = 15_000

/** Reads the new addresses repeatedly, until there is one. Throws TimeoutError. */
async function waitForNewAddresses(
  { clock, signal, progress, preview }: Dialogue & Surroundings,
  readNewAddresses: () => ReturnType<typeof newAddresses>,
  name: string,
  timeout: number,
): ReturnType<typeof newAddresses> {
  const startedAt = clock.now()
  for (let interval = firstInterval; ; interval = Math.min(interval * 2, longestInterval)) {
    const added = await readNewAddresses()
    const remaining = timeout - (clock.now() - startedAt)
    if (added.records.length > 0 || preview !== undefined) return added
    if (remaining <= 0) {
      throw new TimeoutError(`${name} had no new address within ${formatLimit(timeout)}`, {
        hint: `Nothing was undone; to see whether it has the address now: occi compute ip ${shellWord(name)}`,
      })
    }
    progress.show(`Waiting for ${name} to have a new address`)
    await clock.sleep(Math.min(interval, remaining), signal)
  }
}
