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
  readonly fits: (address: string) => boolean
  /** The name in sentences: `public IPv6 address`. */
  readonly said: string
}

export function addressChoice({ options }: Invocation): AddressChoice {
  const place = either(options, 'public', 'private')
  const family = either(options, 'ipv4', 'ipv6')
  const words = [place, family === 'ipv4' ? 'IPv4' : family === 'ipv6' ? 'IPv6' : undefined, 'address']
  return {
    said: words.filter((word) => word !== undefined).join(' '),
    fits: (address) =>
      (place === undefined || isPublic(address) === (place === 'public')) &&
      (family === undefined || familyOf(address) === (family === 'ipv4' ? 4 : 6)),
  }
}

/** What to do about a machine without such an address. */
export function noAddress(name: string, { said }: AddressChoice, others: readonly string[]): NotFoundError {
  return new NotFoundError(`${name} has no ${said}`, {
    hint:
      others.length > 0
        ? `It has ${others.join(', ')}. "occi ip attach ${shellWord(name)}" gives it a public one.`
        : `"occi compute wait ${shellWord(name)} --for ip" waits until it has one; "occi ip attach ${shellWord(name)}" gives it a public one.`,
    at: 'NAME',
  })
}

function either(options: Invocation['options'], one: string, other: string): string | undefined {
  return [one, other].find((name) => options.isSet(name))
}
