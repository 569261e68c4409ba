/** The system keyring. The only module that loads @napi-rs/keyring, which is an optional dependency. */

import { ConfigError } from '../../errors/errors.js'
import type { Keyring } from '../runtime.js'

const service = 'occi'

/** By default the package falls back to the kernel's keyring, which is lost with the session. */
const persistentStore = { linux: { store: 'secret-service' } } as const

/**
 * Opens the keyring. Throws ConfigError if there is none. The methods throw it if the keyring is locked or cannot be
 * reached.
 */
export async function openKeyring(): Promise<Keyring> {
  const { Entry } = await load()
  const withEntry = <T>(account: string, work: (keyringEntry: InstanceType<typeof Entry>) => T): T => {
    try {
      return work(new Entry(service, account, persistentStore))
    } catch (cause) {
      throw keyringError(cause)
    }
  }
  return {
    // Some backends return nothing for the first request.
    get: (account) =>
      withEntry(
        account,
        (keyringEntry) => keyringEntry.getPassword() ?? keyringEntry.getPassword() ?? undefined,
      ),
    set: (account, secret) => withEntry(account, (keyringEntry) => keyringEntry.setPassword(secret)),
    delete: (account) =>
      withEntry(
        account,
        (keyringEntry) => keyringEntry.getPassword() !== null && keyringEntry.deletePassword(),
      ),
  }
}

/** Stores a password and reads it back. Throws ConfigError if the keyring does not return it. */
export function storeInKeyring(keyring: Keyring, account: string, password: string): void {
  keyring.set(account, password)
  if (keyring.get(account) === password) return
  throw new ConfigError('The system keyring accepted the password but does not return it', {
    hint: 'The password was not stored. Use --password-command, --password-file or OCCI_PASSWORD instead.',
    at: '--keyring',
  })
}

async function load(): Promise<typeof import('@napi-rs/keyring')> {
  try {
    return await import('@napi-rs/keyring')
  } catch (cause) {
    throw keyringError(cause)
  }
}

/** Returns an error whose hint lists the alternatives to the keyring. */
export function keyringError(cause: unknown): ConfigError {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
  const locked = /\b(locked|dismissed|prompt)\b/i.test(reason)
  return new ConfigError(
    locked ? `The system keyring is locked: ${reason}` : `The system keyring cannot be used: ${reason}`,
    {
      hint: `Use --password-command, --password-file or OCCI_PASSWORD instead; ${locked ? 'or unlock it, for example by logging in to the desktop.' : 'on Linux, a Secret Service (GNOME Keyring, KWallet) must be running, and DBUS_SESSION_BUS_ADDRESS must be set.'}`,
      at: '--keyring',
      cause,
    },
  )
}
