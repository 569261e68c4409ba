/** `--public`, `--private`, `-4`, `-6`: select addresses. */

import { shellWord } from '../../../basics/shell-word.js'
import { NotFoundError } from '../../../errors/errors.js'
import type { Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { familyOf, isPublic } from '../../values/address.js'

export const choiceOptions: readonly OptionDeclaration[] = [
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

export interface AddressChoice {
  readonly matches: (address: string) => boolean
  /** The chosen kind of address, for sentences: `public IPv6 address`. */
  readonly label: string
  /** Whether a public IPv4 address would do, which "occi ip attach" gives. */
  readonly mayBePublic: boolean
}

export function addressChoice({ options }: Invocation): AddressChoice {
  const reach = firstSet(options, 'public', 'private')
  const family = firstSet(options, 'ipv4', 'ipv6')
  const words = [reach, family === 'ipv4' ? 'IPv4' : family === 'ipv6' ? 'IPv6' : undefined, 'address']
  return {
    label: words.filter((word) => word !== undefined).join(' '),
    mayBePublic: reach !== 'private' && family !== 'ipv6',
    matches: (address) =>
      (reach === undefined || isPublic(address) === (reach === 'public')) &&
      (family === undefined || familyOf(address) === (family === 'ipv4' ? 4 : 6)),
  }
}

/** The error for a machine without a matching address; `others` are the addresses that it has. */
export function noAddress(
  name: string,
  { label, mayBePublic }: AddressChoice,
  others: readonly string[],
): NotFoundError {
  const attach = mayBePublic ? `"occi ip attach ${shellWord(name)}" gives it a public one.` : undefined
  const state =
    others.length > 0
      ? `It has ${others.join(', ')}.`
      : `"occi compute wait ${shellWord(name)} --for ip" waits until it has one.`
  return new NotFoundError(`${name} has no ${label}`, {
    hint: attach === undefined ? state : `${state} ${attach}`,
    at: 'NAME',
  })
}

function firstSet(options: Invocation['options'], one: string, other: string): string | undefined {
  return [one, other].find((name) => options.isSet(name))
}
