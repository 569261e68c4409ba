/**
 * The trust rule for settings, secrets and addresses. Each setting declares its sensitivity and each value
 * knows its origin; this module decides which values count. Pure functions.
 */

/** What a setting can do to a secret. Every definition declares it. */
export type Sensitivity =
  /** Nothing: output, names of users and projects. */
  | 'harmless'
  | 'secret'
  /**
   * Tells where a secret or a certificate is found (a file, a command, a keyring, an agent), or may contain
   * one.
   */
  | 'pointer'
  /** The address that gets the requests with their credentials. */
  | 'endpoint'
  /** An address that gets the secrets of a login and returns a token. */
  | 'issuer'
  /** Decides how secrets are sent, or names code that sends them. */
  | 'method'
  /** Weakens a check, or decides what a check trusts. */
  | 'check'
  /** Bounds how much of an answer is read, how long it may take, and how often it is asked for. */
  | 'limit'

/** The origin of a value. */
type Origin =
  | 'flag'
  | 'environment'
  /** `.occi.yaml` in the working folder or above. */
  | 'project'
  | 'context'
  /** clouds.yaml and secure.yaml of the user or the system. */
  | 'cloud'
  /** clouds.yaml and secure.yaml in the working folder. */
  | 'folder'
  /** config.json, outside its contexts. */
  | 'file'
  | 'default'

/** Origins in files that come with a checkout, which may be written by an attacker. */
const foreign: ReadonlySet<Origin> = new Set<Origin>(['project', 'folder'])

/** Where a value comes from. */
export interface Provenance {
  readonly origin: Origin
  /** Whether the user trusts this file of the working folder. */
  readonly trusted?: boolean
  /** Whether the value is a relative path, which leads to another file in each working folder. */
  readonly relative?: boolean
}

/** Whether a value comes from a file of a checkout that the user does not trust. */
export function isUntrusted({ origin, trusted }: Provenance): boolean {
  return foreign.has(origin) && trusted !== true
}

interface Rule {
  /** Whether an untrusted file may set it. */
  readonly fromUntrusted: boolean
  /** Which addresses must be trusted for the user's own value to be used. */
  readonly guards: 'nothing' | 'endpoint' | 'every address'
  /** Whether a value that is kept with an address (in a context, in clouds.yaml) belongs to that address. */
  readonly bound: boolean
}

export const rules: Readonly<Record<Sensitivity, Rule>> = {
  harmless: { fromUntrusted: true, guards: 'nothing', bound: false },
  // Passwords in a clouds.yaml of a checkout belong to its author; project files must not contain any.
  secret: { fromUntrusted: true, guards: 'every address', bound: true },
  pointer: { fromUntrusted: false, guards: 'every address', bound: true },
  endpoint: { fromUntrusted: true, guards: 'nothing', bound: false },
  // The token that it returns goes to the endpoint.
  issuer: { fromUntrusted: true, guards: 'endpoint', bound: false },
  method: { fromUntrusted: false, guards: 'nothing', bound: false },
  check: { fromUntrusted: false, guards: 'nothing', bound: true },
  limit: { fromUntrusted: false, guards: 'nothing', bound: false },
}

export function isSensitivity(value: unknown): value is Sensitivity {
  return typeof value === 'string' && Object.hasOwn(rules, value)
}

export interface Address extends Provenance {
  readonly name: string
  readonly value: string
  readonly source: string
  readonly sensitivity: 'endpoint' | 'issuer'
}

/** The addresses that a kept value belongs to. */
interface Owner {
  /** Addresses that are kept with it. Without any, the value is not bound to an address. */
  readonly addresses: readonly string[]
  /** Whether the user named the context or cloud in this command, for any address of the command. */
  readonly named: boolean
}

export interface Situation {
  /** The addresses to which something would be sent, as far as the settings show. */
  readonly addresses: readonly Address[]
  /** The owner of values with this origin; undefined when they belong to no address. */
  readonly owner: (origin: Origin) => Owner | undefined
}

export type Verdict =
  | { readonly counts: true }
  /** An untrusted file gave a value that such files must not set. */
  | { readonly counts: false; readonly because: 'untrusted' }
  /** A relative path was not given for this command. */
  | { readonly counts: false; readonly because: 'relative' }
  /** The value would go to an address that an untrusted file gave. */
  | { readonly counts: false; readonly because: 'untrusted-address'; readonly address: Address }
  /** The value would go to an address other than the one it is kept for; `downgrade`: from https to http. */
  | { readonly counts: false; readonly because: 'other-address' | 'downgrade'; readonly address: Address }

/** Whether a value counts, and why not. */
export function verdictOn(
  value: Provenance & { readonly sensitivity: Sensitivity },
  { addresses, owner }: Situation,
): Verdict {
  const rule = rules[value.sensitivity]
  if (isUntrusted(value)) return rule.fromUntrusted ? counts : { counts: false, because: 'untrusted' }
  if (value.relative === true) return { counts: false, because: 'relative' }
  if (value.origin === 'default') return counts
  const own = owner(value.origin)
  for (const address of addresses) {
    const guarded =
      rule.guards === 'every address' || (rule.guards === 'endpoint' && address.sensitivity === 'endpoint')
    const untrusted = isUntrusted(address)
    if (guarded && untrusted) return { counts: false, because: 'untrusted-address', address }
    if (!rule.bound || own === undefined || untrusted) continue
    const because = beyond(own, address)
    if (because !== undefined) return { counts: false, because, address }
  }
  return counts
}

const counts: Verdict = { counts: true }

/** Why a value of `own` must not go to an address; undefined when it may. */
function beyond(own: Owner, { value, trusted }: Address): 'other-address' | 'downgrade' | undefined {
  if (own.addresses.length === 0 || own.addresses.some((address) => isSameServer(address, value))) {
    return undefined
  }
  // An address from a file of the working folder counts only if the file is trusted.
  if (!own.named && trusted !== true) return 'other-address'
  const encrypted = own.addresses.every((address) => schemeOf(address) !== 'http:')
  return encrypted && schemeOf(value) === 'http:' ? 'downgrade' : undefined
}

/** Whether scheme, host and port are the same. */
export function isSameServer(one: string, other: string): boolean {
  if (one === other) return true
  const [first, second] = [one, other].map(serverOf)
  return first !== undefined && first === second
}

/** Scheme, host and port of a URL; undefined for other text (`sandbox:` has none either). */
export function serverOf(text: string): string | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  return url === undefined || url.origin === 'null' ? undefined : url.origin
}

function schemeOf(text: string): string | undefined {
  return URL.canParse(text.trim()) ? new URL(text.trim()).protocol : undefined
}
