/** The keyring of the operating system. The only module that loads @napi-rs/keyring, which may be missing. */

import { ConfigError } from '../../errors/errors.js'
import type { Keyring } from '../runtime.js'

const service = 'occi'

/** By default the package falls back to the kernel's keyring, which is lost with the session. */
const lasting = { linux: { store: 'secret-service' } } as const

/**
 * Throws ConfigError if there is no keyring; its methods throw it if the keyring is locked or not reachable.
 */
export async function openKeyring(): Promise<Keyring> {
  const { Entry } = await load()
  const entry = <T>(account: string, work: (entry: InstanceType<typeof Entry>) => T): T => {
    try {
      return work(new Entry(service, account, lasting))
    } catch (cause) {
      throw unreachable(cause)
    }
  }
  return {
    // Some backends answer the first request with nothing.
    get: (account) => entry(account, (it) => it.getPassword() ?? it.getPassword() ?? undefined),
    set: (account, secret) => entry(account, (it) => it.setPassword(secret)),
    delete: (account) => entry(account, (it) => it.getPassword() !== null && it.deletePassword()),
  }
}

/** Throws ConfigError if the keyring does not give back what it was given. */
export function keepInKeyring(keyring: Keyring, account: string, password: string): void {
  keyring.set(account, password)
  if (keyring.get(account) === password) return
  throw new ConfigError('The keyring of this system accepted the password, but does not give it back', {
    hint: 'It was not kept. Use --password-command, --password-file or OCCI_PASSWORD instead.',
    at: '--keyring',
  })
}

async function load(): Promise<typeof import('@napi-rs/keyring')> {
  try {
    return await import('@napi-rs/keyring')
  } catch (cause) {
    throw unreachable(cause)
  }
}

/** The error with the alternatives to the keyring. */
export function unreachable(cause: unknown): ConfigError {
  const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
  const locked = /\b(locked|dismissed|prompt)\b/i.test(why)
  return new ConfigError(
    locked
      ? `The keyring of this system is locked, and was not unlocked: ${why}`
      : `The keyring of this system cannot be used: ${why}`,
    {
      hint: `Use --password-command, --password-file or OCCI_PASSWORD instead; ${locked ? 'or unlock it first, as a login to the desktop does.' : 'on Linux a Secret Service (GNOME Keyring, KWallet) must run, and DBUS_SESSION_BUS_ADDRESS name its bus.'}`,
      at: '--keyring',
      cause,
    },
  )
}
