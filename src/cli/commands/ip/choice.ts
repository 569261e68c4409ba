/** `--public`, `--private`, `-4`, `-6`: select addresses. */

import { shellWord } from '../../../basics/shell-word.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import type { CommandContext, Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { familyOf, isPublic } from '../../values/address.js'

export const choiceOptions: readonly OptionDeclaration[] = [
  { name: 'public', description: 'only addresses that can be reached from anywhere', env: 'none' },
  { name: 'private', description: 'only addresses inside the cloud', env: 'none' },
  { name: 'ipv4', short: '4', description: 'only IPv4', env: 'none' },
  { name: 'ipv6', short: '6', description: 'only IPv6', env: 'none' },
]

export interface AddressChoice {
  readonly fits: (address: string) => boolean
  /** The name in sentences: `public IPv6 address`. */
  readonly said: string
}

/** Throws UsageError for options that cannot be used together. */
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

function either(options: CommandContext['options'], one: string, other: string): string | undefined {
  if (options.isSet(one) && options.isSet(other)) {
    throw new UsageError(`--${one} and --${other} cannot be used together`, {
      hint: 'Give one of them.',
      at: `--${one}`,
    })
  }
  return options.isSet(one) ? one : options.isSet(other) ? other : undefined
}
