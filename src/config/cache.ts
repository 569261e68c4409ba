/** Caches on disk: models, what was learnt of a provider, tokens. Losing one never stops a command. */
import { readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import { purposes } from '../files/index.js'
import { cacheName } from './cache-name.js'
import { errorCode, fileError, PRIVATE_FILE, writeAtomically } from './files.js'
import { locked } from './lock.js'
import { readOwned } from './owned.js'

/** Tokens and the like until they expire; the shape that auth plugins ask for (auth/types.ts). */
export interface ExpiringCache {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, expires: Date): Promise<void>
  delete(key: string): Promise<void>
  /** Runs `work` while no other process, and nobody else in this one, runs theirs under the same key. */
  alone<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** Notes on one provider; the shape that the client asks for (client/types.ts). */
export interface NoteStore<T extends { readonly version: number }> {
  load(): Promise<T | undefined>
  save(notes: T): Promise<void>
}

export interface Caches {
  /** Values by key, each with its end. */
  expiring(): ExpiringCache
  /** One entry per endpoint and identity. */
  notes<T extends { readonly version: number }>(
    endpoint: string,
    identity: string,
    version: T['version'],
  ): NoteStore<T>
  /** Deletes all entries; answers how many there were. Throws ConfigError for what cannot be deleted. */
  clear(): Promise<number>
}

/**
 * Files below `folder` (Folders.cache), mode 0600, written atomically, each with its key in it (see
 * cache-name.ts). Garbage, and what others could have written, counts as absent.
 */
export function openCaches(folder: string, now: () => Date): Caches {
  const tokens = join(folder, 'tokens')
  const providers = join(folder, 'providers')
  return {
    expiring: () => expiringCache(tokens, now),
    notes: (endpoint, identity, version) => {
      // As JSON, so that ["a", "bc"] and ["ab", "c"] differ.
      const key = JSON.stringify([endpoint, identity])
      const file = fileFor(providers, key)
      return {
        load: async () => {
          const kept = await readEntry(file, key)
          const notes = kept?.['notes'] as { version?: unknown } | undefined
          return notes?.version === version ? (notes as never) : undefined
        },
        save: (notes) => writeEntry(file, { key, notes }),
      }
    },
    clear: async () => {
      // The code is kept by the launcher (bin/occi), the names by completion.
      const kept = [tokens, providers, join(folder, 'code'), join(folder, 'completion')]
      const cleared = await Promise.allSettled(kept.map(clearFolder))
      const failed = cleared.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return cleared.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0)
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
    alone: async (key, work) => {
      let begun = false
      const marked = () => {
        begun = true
        return work()
      }
      try {
        return await locked(fileFor(folder, key), marked, longWork)
      } catch (error) {
        // Without a folder that can be written, nobody else has a cache to share either.
        if (begun || !(error instanceof ConfigError)) throw error
        return work()
      }
    },
  }
}

/** The work may be an exchange with a slow server, which ends by its own time limits. */
const longWork = { patience: 150_000, longestHold: 150_000 }

function fileFor(folder: string, key: string): string {
  return join(folder, `${cacheName(key)}.json`)
}

async function readEntry(file: string, key: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const entry: unknown = JSON.parse(
      readOwned(file, { purpose: purposes.cache, links: 'refuse' })?.text ?? '',
    )
    if (typeof entry !== 'object' || entry === null || !('key' in entry) || entry.key !== key)
      return undefined
    return entry as Record<string, unknown>
  } catch {
    return undefined
  }
}

async function writeEntry(file: string, entry: object): Promise<void> {
  // A full disk or a read-only home costs the cache, not the command.
  await writeAtomically(file, JSON.stringify(entry), PRIVATE_FILE, 'cache').catch(() => undefined)
}

/** Throws ConfigError for what stays: a token that was not removed must not count as removed. */
async function clearFolder(folder: string): Promise<number> {
  try {
    const names = await readdir(folder).catch((cause) => {
      // Something else in its place goes as well.
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
