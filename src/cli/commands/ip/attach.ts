/** `occi ip attach NAME`: a public address for a machine. */

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
import { machineAt } from './machine.js'
import { type AddressOf, addressColumn, addressesOf, addressRecord, unknownAddress } from './record.js'

export const attach: CommandDeclaration = {
  path: ['ip', 'attach'],
  summary: 'Give a virtual machine a public address',
  description:
    'By a reserved address that no machine has, by a link to the public network, with the mixin of a floating pool, or by an address that is reserved for it: whichever this provider has.',
  arguments: [
    { name: 'NAME', description: 'the virtual machine', completion: { of: 'entity', kind: COMPUTE } },
  ],
  options: [
    {
      name: 'network',
      value: 'NAME',
      description: 'the public network, where several could be meant',
      completion: { of: 'network' },
      env: 'none',
    },
    {
      name: 'pool',
      value: 'POOL',
      description: 'the pool of floating addresses, where there are several',
      completion: { of: 'mixin' },
      env: 'none',
    },
    { name: 'address', value: 'IP', description: 'this address, where one can be chosen', env: 'none' },
    { name: 'wait', description: 'wait until the address is there', group: 'Waiting' },
    waitTimeoutOption,
  ],
  examples: [
    { title: 'From the public network or the only pool', command: 'occi ip attach web --wait' },
    { title: 'Its address in a variable', command: 'ADDRESS=$(occi ip attach web --wait)' },
    { title: 'From a pool', command: 'occi ip attach web --pool provider' },
  ],
  atSites: 'writes',
  run,
}

async function run(context: CommandContext): Promise<Output> {
  const { options } = context
  const wanted = options.text('address')
  if (wanted !== undefined && familyOf(wanted) === undefined) {
    throw new UsageError(`--address cannot be "${wanted}"`, {
      hint: 'Give an IP address: --address 203.0.113.7.',
      at: '--address',
    })
  }
  const timeout = timeoutOf(context, 'wait-timeout')
  const client = await context.client()
  const name = context.word('NAME') ?? ''
  const target = await findTarget(client, name, COMPUTE, context)
  const before = addressesOf(await machineAt(context, client, target)).map(({ address }) => address)
  const way = await addressSourceOf(context, client)
  context.progress.show('Attaching', way.by === 'network' ? way.name : 'a reserved address')
  const link = await connect(context, client, target.location, way, wanted)
  context.noteCreated(link.location, 'occi link delete')
  const look = () => news(context, client, target.location, before)
  try {
    const found = options.isSet('wait') ? await until(context, look, name, timeout) : await look()
    if (found.records.length > 0) {
      for (const address of found.addresses) context.inform(`${name} has the address ${address}.`)
      context.inform(`Next: occi ssh ${shellWord(name)}`)
      return addressesOutput(found.records)
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(withCreatedLocation(error, link.location))
  }
  context.inform(`${name} has no new address yet: occi compute wait ${shellWord(name)} --for ip`)
  return addressesOutput([unknownAddress(link.location)])
}

function addressesOutput(records: readonly OutputRecord[]): Output {
  return { shape: 'list', records, columns: [addressColumn], pipeFormat: 'value', terminalFormat: 'value' }
}

async function connect(
  { signal }: Surroundings,
  client: Client,
  machine: string,
  way: AddressSource,
  wish: string | undefined,
): Promise<Created> {
  const model = await client.model({ signal })
  // The address is an attribute of this mixin (GFD.224 §3.5.1.1).
  const ipMixin =
    wish !== undefined && model.get(IP_NETWORK_INTERFACE) !== undefined ? [IP_NETWORK_INTERFACE] : []
  const attributes = omitUndefined({ 'occi.networkinterface.address': wish })
  if (way.by === 'network') {
    return client.link(
      machine,
      {
        target: way.target,
        kind: NETWORK_INTERFACE,
        mixins: [...ipMixin, ...(way.pool === undefined ? [] : [way.pool.mixin])],
        attributes: { ...attributes, ...way.pool?.attributes },
      },
      { signal },
    )
  }
  if (way.by === 'reserved') {
    return client.link(machine, { target: way.target, kind: NETWORK_INTERFACE }, { signal })
  }
  const reserved = await reserve(client, way.pool, signal)
  try {
    return await client.link(
      machine,
      { target: reserved.location, kind: NETWORK_INTERFACE, mixins: ipMixin, attributes },
      { signal },
    )
  } catch (error) {
    // Removes the reservation, which would be forgotten otherwise.
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

async function news(context: Surroundings, client: Client, location: string, before: readonly string[]) {
  const machine = await machineAt(context, client, { name: location, location })
  const found: readonly AddressOf[] = addressesOf(machine).filter(({ address }) => !before.includes(address))
  const fresh = found.some(({ address }) => isPublic(address))
    ? found.filter(({ address }) => isPublic(address))
    : found
  return {
    addresses: fresh.map(({ address }) => address),
    records: fresh.map((each) => addressRecord(each, machine)),
  }
}

async function until(
  { clock, signal, progress, preview }: Dialogue & Surroundings,
  look: () => ReturnType<typeof news>,
  name: string,
  timeout: number,
): ReturnType<typeof news> {
  const start = clock.now()
  for (let interval = 500; ; interval = Math.min(interval * 2, 15_000)) {
    const found = await look()
    const left = timeout - (clock.now() - start)
    if (found.records.length > 0 || preview !== undefined) return found
    if (left <= 0) {
      throw new TimeoutError(`${name} had no new address within ${formatLimit(timeout)}`, {
        hint: 'Wait longer with --wait-timeout; nothing was undone.',
      })
    }
    progress.show(`Waiting for ${name} to have a new address`)
    await clock.sleep(Math.min(interval, left), signal)
  }
}
