/**
 * The trust rule for settings, secrets and addresses. Each setting declares its sensitivity and each value
 * has an origin; from these, pure functions decide which values are used.
 */

/** How a setting can affect secrets. Every definition of a setting declares it. */
export type Sensitivity =
  /** No effect: output formats, names of users and projects. */
  | 'harmless'
  | 'secret'
  /**
   * The location of a secret or a certificate (a file, a command, a keyring, an agent), or a value that may contain a
   * secret.
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
  /** Limits the size of a response, how long it may take, and the number of attempts. */
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
const checkoutOrigins: ReadonlySet<Origin> = new Set<Origin>(['project', 'folder'])

/** Where a value comes from. */
export interface Provenance {
  readonly origin: Origin
  /** Whether the user trusts this file of the working folder. */
  readonly trusted?: boolean
  /** Whether the value is a relative path, which means a different file in each working folder. */
  readonly relative?: boolean
}

/** Whether a value comes from a file of the working folder that the user does not trust. */
export function isUntrusted({ origin, trusted }: Provenance): boolean {
  return checkoutOrigins.has(origin) && trusted !== true
}

interface Rule {
  /** Whether an untrusted file may set the value. */
  readonly fromUntrusted: boolean
  /** Which addresses must be trusted for the user's own value to be used. */
  readonly guards: 'nothing' | 'endpoint' | 'every address'
  /** Whether a value that is stored with an address (in a context, in clouds.yaml) may be sent to that address only. */
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

/** The addresses to which a stored value belongs. */
interface Owner {
  /** Addresses that are stored with the value. If empty, the value is not bound to an address. */
  readonly addresses: readonly string[]
  /** Whether the user named the context or cloud in this command, which permits any address of the command. */
  readonly named: boolean
}

export interface Situation {
  /** The addresses to which requests would be sent, according to the settings. */
  readonly addresses: readonly Address[]
  /** The owner of values with this origin; undefined if they belong to no address. */
  readonly owner: (origin: Origin) => Owner | undefined
}

export type Verdict =
  | { readonly usable: true }
  /** The value comes from an untrusted file, which must not set it. */
  | { readonly usable: false; readonly reason: 'untrusted' }
  /** The value is a relative path that does not come from this command. */
  | { readonly usable: false; readonly reason: 'relative' }
  /** The value would go to an address from an untrusted file. */
  | { readonly usable: false; readonly reason: 'untrusted-address'; readonly address: Address }
  /** The value would go to an address other than the one that it is stored with; `downgrade`: from https to http. */
  | { readonly usable: false; readonly reason: 'other-address' | 'downgrade'; readonly address: Address }

/** Decides whether a value may be used. */
export function verdictOn(
  value: Provenance & { readonly sensitivity: Sensitivity },
  { addresses, owner }: Situation,
): Verdict {
  const rule = rules[value.sensitivity]
  if (isUntrusted(value)) return rule.fromUntrusted ? usable : { usable: false, reason: 'untrusted' }
  if (value.relative === true) return { usable: false, reason: 'relative' }
  if (value.origin === 'default') return usable
  const own = owner(value.origin)
  for (const address of addresses) {
    const guarded =
      rule.guards === 'every address' || (rule.guards === 'endpoint' && address.sensitivity === 'endpoint')
    const untrusted = isUntrusted(address)
    if (guarded && untrusted) return { usable: false, reason: 'untrusted-address', address }
    if (!rule.bound || own === undefined || untrusted) continue
    const reason = bindingViolation(own, address)
    if (reason !== undefined) return { usable: false, reason, address }
  }
  return usable
}

const usable: Verdict = { usable: true }

/** The reason why a value of this owner must not be sent to an address; undefined if it may be. */
function bindingViolation(
  own: Owner,
  { value, trusted }: Address,
): 'other-address' | 'downgrade' | undefined {
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

/** Scheme, host and port of a URL; undefined for other text, and for `sandbox:`. */
export function serverOf(text: string): string | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  return url === undefined || url.origin === 'null' ? undefined : url.origin
}

function schemeOf(text: string): string | undefined {
  return URL.canParse(text.trim()) ? new URL(text.trim()).protocol : undefined
}
