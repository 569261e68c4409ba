/**
 * The rules that decide which values of settings are used. A rule depends on the sensitivity of the setting, on the
 * origin of the value, and on the addresses that requests would be sent to.
 */

/** How a setting can affect secrets. Each setting declares it. */
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
  /** Limits the size of a response, the time, or the number of attempts. */
  | 'limit'

/** The origin of a value. */
type Origin =
  | 'flag'
  | 'environment'
  /** `.occi.yaml` in the working folder or a parent folder. */
  | 'project'
  | 'context'
  /** clouds.yaml and secure.yaml of the user or the system. */
  | 'cloud'
  /** clouds.yaml and secure.yaml in the working folder. */
  | 'folder'
  /** config.json, outside its contexts. */
  | 'file'
  | 'default'

/** The origins whose files belong to a checkout, which an attacker may have written. */
const checkoutOrigins: ReadonlySet<Origin> = new Set<Origin>(['project', 'folder'])

/** The origin of a value, and what matters for the trust in it. */
export interface Provenance {
  readonly origin: Origin
  /** For the origins `project` and `folder`: whether the user trusts the file. */
  readonly trusted?: boolean
  /** Whether the value is a relative path from a variable, which names a different file in each working folder. */
  readonly relative?: boolean
}

/** Whether a value comes from a file of the working folder that the user does not trust. */
export function isUntrusted({ origin, trusted }: Provenance): boolean {
  return checkoutOrigins.has(origin) && trusted !== true
}

/** The conditions for the use of a value. */
interface Rule {
  /** Whether an untrusted file may set the value. */
  readonly fromUntrusted: boolean
  /** For values that the user set: the addresses that must not come from an untrusted file. */
  readonly requiresTrusted: 'nothing' | 'endpoint' | 'every address'
  /** Whether a value that is stored with an address (in a context or clouds.yaml) may only be sent to that address. */
  readonly boundToAddress: boolean
}

/** The rule for each sensitivity. */
export const rules: Readonly<Record<Sensitivity, Rule>> = {
  harmless: { fromUntrusted: true, requiresTrusted: 'nothing', boundToAddress: false },
  // Passwords in the clouds.yaml of a checkout are those of its author. A project file must not contain passwords.
  secret: { fromUntrusted: true, requiresTrusted: 'every address', boundToAddress: true },
  pointer: { fromUntrusted: false, requiresTrusted: 'every address', boundToAddress: true },
  endpoint: { fromUntrusted: true, requiresTrusted: 'nothing', boundToAddress: false },
  // The token from the issuer is sent to the endpoint.
  issuer: { fromUntrusted: true, requiresTrusted: 'endpoint', boundToAddress: false },
  method: { fromUntrusted: false, requiresTrusted: 'nothing', boundToAddress: false },
  check: { fromUntrusted: false, requiresTrusted: 'nothing', boundToAddress: true },
  limit: { fromUntrusted: false, requiresTrusted: 'nothing', boundToAddress: false },
}

export function isSensitivity(value: unknown): value is Sensitivity {
  return typeof value === 'string' && Object.hasOwn(rules, value)
}

/** An address that requests would be sent to. */
export interface Address extends Provenance {
  /** The name of the setting. */
  readonly name: string
  /** The URL. */
  readonly value: string
  /** The origin in words, for messages. */
  readonly source: string
  readonly sensitivity: 'endpoint' | 'issuer'
}

/** The context or cloud in which a value is stored. */
interface StoredContext {
  /** The addresses that are stored with the value. If empty, the value is not bound to an address. */
  readonly addresses: readonly string[]
  /** Whether this command names the context or cloud, which permits the use of its values with other addresses. */
  readonly isNamedByCommand: boolean
}

/** The settings on which the use of a value depends. */
export interface Situation {
  /** The addresses that requests would be sent to. */
  readonly addresses: readonly Address[]
  /** Returns the context or cloud of values with this origin; undefined if they are not bound to an address. */
  readonly owner: (origin: Origin) => StoredContext | undefined
}

/** Whether a value may be used, and why not. */
export type Verdict =
  | { readonly usable: true }
  /** The value comes from an untrusted file, which must not set it. */
  | { readonly usable: false; readonly reason: 'untrusted' }
  /** The value is a relative path from a variable. */
  | { readonly usable: false; readonly reason: 'relative' }
  /** The value would be sent to an address from an untrusted file. */
  | { readonly usable: false; readonly reason: 'untrusted-address'; readonly address: Address }
  /** The value would be sent to another address than it is stored with; `downgrade`: over http instead of https. */
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
  const valueOwner = owner(value.origin)
  for (const address of addresses) {
    const isGuarded =
      rule.requiresTrusted === 'every address' ||
      (rule.requiresTrusted === 'endpoint' && address.sensitivity === 'endpoint')
    const isUntrustedAddress = isUntrusted(address)
    if (isGuarded && isUntrustedAddress) return { usable: false, reason: 'untrusted-address', address }
    if (!rule.boundToAddress || valueOwner === undefined || isUntrustedAddress) continue
    const reason = bindingViolation(valueOwner, address)
    if (reason !== undefined) return { usable: false, reason, address }
  }
  return usable
}

const usable: Verdict = { usable: true }

/** Returns the reason for which a stored value must not be sent to an address; undefined if there is none. */
function bindingViolation(
  owner: StoredContext,
  { value, trusted }: Address,
): 'other-address' | 'downgrade' | undefined {
  if (owner.addresses.length === 0 || owner.addresses.some((address) => isSameServer(address, value))) {
    return undefined
  }
  // An address from a trusted file of the working folder is as good as one that the command names.
  if (!owner.isNamedByCommand && trusted !== true) return 'other-address'
  const isEncrypted = owner.addresses.every((address) => schemeOf(address) !== 'http:')
  return isEncrypted && schemeOf(value) === 'http:' ? 'downgrade' : undefined
}

/** Whether two URLs have the same scheme, host and port. Other texts must be identical. */
export function isSameServer(firstUrl: string, secondUrl: string): boolean {
  if (firstUrl === secondUrl) return true
  const [first, second] = [firstUrl, secondUrl].map(serverOf)
  return first !== undefined && first === second
}

/** Returns scheme, host and port of a URL; undefined for other text, and for `sandbox:`. */
export function serverOf(text: string): string | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  return url === undefined || url.origin === 'null' ? undefined : url.origin
}

function schemeOf(text: string): string | undefined {
  return URL.canParse(text.trim()) ? new URL(text.trim()).protocol : undefined
}
