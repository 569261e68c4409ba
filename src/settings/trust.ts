/**
 * Who gets what: the one rule for settings, secrets and addresses. Each setting says what it can do to a secret,
 * each value knows who gave it, and this file says which values count. Pure.
 */

/** What a setting can do to a secret; every definition must say it. */
export type Sensitivity =
  /** Nothing: output, limits of time, names of users and projects. */
  | 'harmless'
  | 'secret'
  /** Says where a secret or a certificate is found (a file, a command, a keyring, an agent), or may carry one. */
  | 'pointer'
  /** The address that gets the requests, with what signs them. */
  | 'endpoint'
  /** An address that gets the secrets of a login and answers with a token. */
  | 'issuer'
  /** Decides how secrets are sent, or names code that does. */
  | 'method'
  /** Weakens a check, or decides whom a check believes. */
  | 'check'

/** Who gave a value. */
export type Origin =
  | 'flag'
  | 'environment'
  /** `.occi.yaml` of the working folder or above. */
  | 'project'
  | 'context'
  /** clouds.yaml and secure.yaml of the user or the system. */
  | 'cloud'
  /** clouds.yaml and secure.yaml of the working folder. */
  | 'folder'
  /** config.json, outside of its contexts. */
  | 'file'
  | 'default'

/** Files that came with a checkout: anybody may have written them. */
const foreign: ReadonlySet<Origin> = new Set<Origin>(['project', 'folder'])

export interface Giver {
  readonly origin: Origin
  /** Of a file of the working folder: the user has said that it is to be believed. */
  readonly trusted?: boolean
  /** A path that means another file in each working folder: what it leads to is whoever's folder that is. */
  readonly relative?: boolean
}

/** Whether a value may have been written by anybody. */
export function isStrange({ origin, trusted }: Giver): boolean {
  return foreign.has(origin) && trusted !== true
}

interface Rule {
  /** A stranger may set it. */
  readonly fromStrangers: boolean
  /** Who must not be a stranger when the user's own value is to count. */
  readonly guards: 'nothing' | 'endpoint' | 'every address'
  /** Kept with an address (in a context, in clouds.yaml), it belongs to that address. */
  readonly bound: boolean
}

export const rules: Readonly<Record<Sensitivity, Rule>> = {
  harmless: { fromStrangers: true, guards: 'nothing', bound: false },
  // The passwords of a clouds.yaml that came along are a stranger's own; project files may hold none at all.
  secret: { fromStrangers: true, guards: 'every address', bound: true },
  pointer: { fromStrangers: false, guards: 'every address', bound: true },
  endpoint: { fromStrangers: true, guards: 'nothing', bound: false },
  // The token that it answers with would go to the endpoint.
  issuer: { fromStrangers: true, guards: 'endpoint', bound: false },
  method: { fromStrangers: false, guards: 'nothing', bound: false },
  check: { fromStrangers: false, guards: 'nothing', bound: true },
}

export function isSensitivity(value: unknown): value is Sensitivity {
  return typeof value === 'string' && Object.hasOwn(rules, value)
}

export interface Address extends Giver {
  readonly name: string
  readonly value: string
  readonly source: string
  readonly sensitivity: 'endpoint' | 'issuer'
}

/** What a kept value belongs to. */
export interface Owner {
  /** Addresses that are kept with it. Without any it belongs to none, and follows the user. */
  readonly addresses: readonly string[]
  /** The user has named it in this command, for whatever address the command names. */
  readonly named: boolean
}

export interface Situation {
  /** Those that something would be sent to, as far as the settings tell. */
  readonly addresses: readonly Address[]
  /** Of values with this origin; undefined: they belong to no address. */
  readonly owner: (origin: Origin) => Owner | undefined
}

export type Verdict =
  | { readonly counts: true }
  /** A stranger gave it, and must not. */
  | { readonly counts: false; readonly because: 'stranger' }
  /** It leads into the working folder, and was not said for this command. */
  | { readonly counts: false; readonly because: 'relative' }
  /** It would go to an address that a stranger gave. */
  | { readonly counts: false; readonly because: 'stranger-address'; readonly address: Address }
  /** It would go to another address than the one that it is kept for; `downgrade`: from https to http. */
  | { readonly counts: false; readonly because: 'other-address' | 'downgrade'; readonly address: Address }

/** Whether a value counts, and why not. */
export function verdictOn(
  value: Giver & { readonly sensitivity: Sensitivity },
  { addresses, owner }: Situation,
): Verdict {
  const rule = rules[value.sensitivity]
  if (isStrange(value)) return rule.fromStrangers ? counts : { counts: false, because: 'stranger' }
  if (value.relative === true) return { counts: false, because: 'relative' }
  if (value.origin === 'default') return counts
  const own = owner(value.origin)
  for (const address of addresses) {
    const guarded =
      rule.guards === 'every address' || (rule.guards === 'endpoint' && address.sensitivity === 'endpoint')
    const theirs = isStrange(address)
    if (guarded && theirs) return { counts: false, because: 'stranger-address', address }
    if (!rule.bound || own === undefined || theirs) continue
    const because = beyond(own, address)
    if (because !== undefined) return { counts: false, because, address }
  }
  return counts
}

const counts: Verdict = { counts: true }

/** Why what belongs to `own` must not go to an address of the user's; undefined when it may. */
function beyond(own: Owner, { value, trusted }: Address): 'other-address' | 'downgrade' | undefined {
  if (own.addresses.length === 0 || own.addresses.some((address) => isSameServer(address, value))) {
    return undefined
  }
  // A file of the working folder that names the address was trusted after this had been said of it.
  if (!own.named && trusted !== true) return 'other-address'
  const encrypted = own.addresses.every((address) => schemeOf(address) !== 'http:')
  return encrypted && schemeOf(value) === 'http:' ? 'downgrade' : undefined
}

/** The same scheme, host and port. */
export function isSameServer(one: string, other: string): boolean {
  if (one === other) return true
  const [first, second] = [one, other].map(serverOf)
  return first !== undefined && first === second
}

/** Scheme, host and port of a URL; undefined for what is not one (`sandbox:` has none either). */
export function serverOf(text: string): string | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  return url === undefined || url.origin === 'null' ? undefined : url.origin
}

function schemeOf(text: string): string | undefined {
  return URL.canParse(text.trim()) ? new URL(text.trim()).protocol : undefined
}
