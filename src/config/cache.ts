/** Caches on disk: models, notes about providers, tokens. Commands also work without them. */
import { readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import { errorCode, fileError, PRIVATE_FILE, purposes, withLock, writeAtomically } from '../files/index.js'
import { cacheName } from './cache-name.js'
import { readOwnedFile } from './owned.js'

/** Stores values until they expire, in the form that auth plugins use (auth/types.ts). */
interface ExpiringCache {
  get(key: string): Promise<string | undefined>
  /** Resolves to false if the value could not be stored. */
  set(key: string, value: string, expires: Date): Promise<boolean>
  delete(key: string): Promise<void>
  /** Runs `work` under a lock for the key, across processes. */
  withLock<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** Notes about one provider, in the form that the client uses (client/types.ts). */
interface NoteStore<T extends { readonly version: number }> {
  load(): Promise<T | undefined>
  save(notes: T): Promise<void>
}

export interface Caches {
  /** Returns the cache of values by key, each with an expiry. */
  expiring(): ExpiringCache
  /** Returns the notes about a provider, for one endpoint and identity. Those of another version count as absent. */
  notes<T extends { readonly version: number }>(
    endpoint: string,
    identity: string,
    version: T['version'],
  ): NoteStore<T>
  /** Deletes all entries and returns their number. Throws ConfigError for entries that cannot be deleted. */
  clear(): Promise<number>
}

/**
 * Opens the caches in `folder` (Folders.cache). Each entry is a file with mode 0600 that is written atomically and
 * contains its key (see cache-name.ts). Malformed files, and files that other users could have written, count as
 * absent.
 */
export function openCaches(folder: string, now: () => Date): Caches {
  const tokens = join(folder, 'tokens')
  const providers = join(folder, 'providers')
  return {
    expiring: () => expiringCache(tokens, now),
    notes: (endpoint, identity, version) => {
      // JSON distinguishes ["a", "bc"] from ["ab", "c"].
      const key = JSON.stringify([endpoint, identity])
      const file = fileFor(providers, key)
      return {
        load: async () => {
          const entry = await readEntry(file, key)
          const notes = entry?.['notes'] as { version?: unknown } | undefined
          return notes?.version === version ? (notes as never) : undefined
        },
        save: async (notes) => void (await writeEntry(file, { key, notes })),
      }
    },
    clear: async () => {
      // bin/occi writes the folder `code`, and completion the folder `completion`.
      const folders = [tokens, providers, join(folder, 'code'), join(folder, 'completion')]
      const results = await Promise.allSettled(folders.map(clearFolder))
      const failure = results.find((result) => result.status === 'rejected')
      if (failure !== undefined) throw failure.reason
      return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0)
    },
  }
}

function expiringCache(folder: string, now: () => Date): ExpiringCache {
  return {
    get: async (key) => {
      const file = fileFor(folder, key)
      const entry = await readEntry(file, key)
      if (entry === undefined || typeof entry.value !== 'string' || typeof entry.expires !== 'number')
        return undefined
      if (entry.expires > now().getTime()) return entry.value
      await unlink(file).catch(() => undefined)
      return undefined
    },
    set: (key, value, expires) =>
      writeEntry(fileFor(folder, key), { key, value, expires: expires.getTime() }),
    delete: (key) => unlink(fileFor(folder, key)).catch(() => undefined),
    withLock: async (key, work) => {
      let hasBegun = false
      const run = () => {
        hasBegun = true
        return work()
      }
      try {
        return await withLock(fileFor(folder, key), run, longWork)
      } catch (error) {
        // The lock only avoids repeated work, so the work is done without it if the folder is not writable or another
        // process does not release it.
        if (hasBegun || !(error instanceof ConfigError)) throw error
        return work()
      }
    },
  }
}

/** Limits in milliseconds. They are long, because the work may be a request to a slow server. */
const longWork = { timeout: 150_000, staleAfter: 150_000 }

function fileFor(folder: string, key: string): string {
  return join(folder, `${cacheName(key)}.json`)
}

async function readEntry(file: string, key: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const entry: unknown = JSON.parse(
      readOwnedFile(file, { purpose: purposes.cache, links: 'refuse' })?.text ?? '',
    )
    if (typeof entry !== 'object' || entry === null || !('key' in entry) || entry.key !== key)
      return undefined
    return entry as Record<string, unknown>
  } catch {
    return undefined
  }
}

/**
 * Resolves to false if the entry cannot be written, as on a full disk or in a read-only home. Commands then continue.
 */
async function writeEntry(file: string, entry: object): Promise<boolean> {
  return writeAtomically(file, JSON.stringify(entry), PRIVATE_FILE, 'cache').then(
    () => true,
    () => false,
  )
}

/** Deletes a folder and returns the number of entries. Throws ConfigError if files remain: they may contain tokens. */
async function clearFolder(folder: string): Promise<number> {
  try {
    const names = await readdir(folder).catch((cause) => {
      // A file in place of the folder is deleted as well.
      if (errorCode(cause) === 'ENOTDIR') return []
      throw cause
    })
    await rm(folder, { recursive: true, force: true })
    return names.filter((name) => /^[^.].*\.(json|bin)$/.test(name)).length
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ENOENT') return 0
    throw fileError('remove', folder, cause)
  }
}
