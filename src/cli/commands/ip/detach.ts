/** `occi ip detach NAME [ADDRESS]`: removes a public address from a machine. */

import { shellWord } from '../../../basics/shell-word.js'
import { AmbiguousError, NotFoundError, UsageError } from '../../../errors/errors.js'
import { COMPUTE, IP_RESERVATION, type Link, type Resource } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { addressesOfLink, lastSegment, locationRecord } from '../../records/entity.js'
import { familyOf, isPublic } from '../../values/address.js'
import { changeOutput } from '../base/change-output.js'
import { timeoutOf, waitFor, waitForUnlinkOptions } from '../base/wait-options.js'
import { findMachine } from './machine.js'
import { addressesOf } from './record.js'

export const detach: CommandDeclaration = {
  path: ['ip', 'detach'],
  summary: 'Remove a public address from a virtual machine',
  description: 'A reserved address stays reserved; "occi ipreservation delete" releases it.',
  arguments: [
    { name: 'NAME', description: 'the virtual machine', completion: { of: 'entity', kind: COMPUTE } },
    { name: 'ADDRESS', description: 'the address, if the machine has several', required: false },
  ],
  options: waitForUnlinkOptions,
  examples: [
    { title: 'Its only public address', command: 'occi ip detach web' },
    { title: 'One of several', command: 'occi ip detach web 203.0.113.7' },
  ],
  atSites: 'writes',
  run,
}

async function run(context: CommandContext): Promise<Output | undefined> {
  timeoutOf(context, 'wait-timeout')
  const client = await context.client()
  const name = context.word('NAME') ?? ''
  const requestedAddress = context.word('ADDRESS')
  if (requestedAddress !== undefined && familyOf(requestedAddress) === undefined) {
    throw new UsageError(`ADDRESS cannot be "${requestedAddress}"`, {
      hint: `"occi compute ip ${shellWord(name)}" shows its addresses.`,
      at: 'ADDRESS',
    })
  }
  const machine = await findMachine(context, name)
  const { location, address, link } = addressToDetach(machine, name, requestedAddress)
  await client.delete(location, { signal: context.signal })
  if (context.options.isSet('wait')) await waitFor(context, client, location, 'the link', { for: 'deleted' })
  // A link may give the machine several addresses, for example one of each family.
  const removed = addressesOfLink(link)
  context.inform(
    `${name} no longer has the ${removed.length > 1 ? 'addresses' : 'address'} ${removed.join(' and ')}.`,
  )
  if (link.target?.kind === IP_RESERVATION) {
    const reservation = lastSegment(link.target.location) ?? link.target.location
    context.inform(
      `${address} stays reserved; occi ipreservation delete ${shellWord(reservation)} releases it.`,
    )
  }
  return changeOutput(context, [locationRecord(location, { address, deleted: true })], { single: true })
}

/** The requested address, or else the only public one. Throws NotFoundError and AmbiguousError. */
function addressToDetach(machine: Resource, name: string, requestedAddress: string | undefined) {
  const candidates = machine.links.flatMap((link) => candidatesOf(link))
  const matching = candidates.filter(({ address }) =>
    requestedAddress === undefined ? isPublic(address) : isSameAddress(address, requestedAddress),
  )
  const [only] = matching
  const addresses = addressesOf(machine).map(({ address }) => address)
  if (only === undefined) {
    throw new NotFoundError(
      `${name} has no ${requestedAddress === undefined ? 'public address' : `address ${requestedAddress}`}`,
      {
        hint:
          addresses.length === 0
            ? 'The machine has no address.'
            : `The machine has the addresses ${addresses.join(', ')}.`,
        at: requestedAddress === undefined ? 'NAME' : 'ADDRESS',
      },
    )
  }
  if (new Set(matching.map(({ location }) => location)).size > 1) {
    if (requestedAddress === undefined) {
      throw new AmbiguousError(`${name} has several public addresses`, {
        hint: `Name one: ${matching.map(({ address }) => address).join(', ')}.`,
        at: 'ADDRESS',
      })
    }
    throw new AmbiguousError(`Several links give ${name} the address ${requestedAddress}`, {
      hint: `Delete one of them: occi link delete ${shellWord(only.location)}`,
      at: 'ADDRESS',
    })
  }
  return only
}

/** An address that a link of the machine gives it. Deleting the link removes the address. */
interface Candidate {
  readonly location: string
  readonly address: string
  readonly link: Link
}

function candidatesOf(link: Link): readonly Candidate[] {
  const { location } = link
  return location === undefined ? [] : addressesOfLink(link).map((address) => ({ location, address, link }))
}

function isSameAddress(first: string, second: string): boolean {
  return canonicalForm(first) === canonicalForm(second)
}

/** The canonical form of an IPv6 address, which can be written in several ways; other addresses unchanged. */
function canonicalForm(address: string): string {
  return familyOf(address) === 6 ? new URL(`http://[${address}]/`).hostname : address
}
