/** Atomic file writes that survive a crash: a temporary file is written next to the target and renamed. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { errorCode, fileError } from './failure.js'

/** Owner only: folders 0700, files 0600. */
const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/**
 * `durable` writes wait for the disk (fsync). A cache may be lost in a power failure, so commands do not wait for it.
 */
type Durability = 'durable' | 'cache'

/**
 * Replaces a file in one step: readers see the old or the new content, never a part, even after a crash or on
 * a full disk. Creates missing folders with mode 0700. A symbolic link is kept and its target replaced, except
 * for a cache, where the link itself is replaced. Throws ConfigError naming the file.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  mode: number = PRIVATE_FILE,
  durability: Durability = 'durable',
): Promise<void> {
  try {
    // Synchronous, because loading node:fs/promises takes longer than writing a cache.
    createFolder(dirname(path))
    replace(durability === 'cache' ? path : resolveLinks(path), data, mode, durability)
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

/** Creates a folder and its parents with mode 0700. Throws the system's error. */
export function createFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    // Node reports ENOENT for any failure to create a parent folder. Creating them one by one yields the real
    // reason.
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    createFolder(dirname(path))
    mkdirSync(path, { mode: PRIVATE_FOLDER })
  }
}

function replace(path: string, data: string | Uint8Array, mode: number, durability: Durability): void {
  const temporary = temporaryPath(path)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      // The umask may have removed bits; chmod sets the mode as requested.
      fchmodSync(file, mode)
      writeFileSync(file, data)
      if (durability === 'durable') fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    try {
      unlinkSync(temporary)
    } catch {
      // The temporary file was never created, or is already renamed.
    }
    throw error
  }
  if (durability === 'durable') syncFolder(dirname(path))
}

/** A path in the same folder with a name that is unique among processes and threads. */
function temporaryPath(path: string): string {
  const unique = `${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`)
}

/** The file that a path resolves to, which need not exist. Throws the system's error. */
export function resolveLinks(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // The path does not exist, or is a dangling link, whose target is created and which is kept.
    return linkTarget(path) ?? path
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path))
  } catch {
    return undefined
  }
}

/** Syncs the folder so that the rename reaches the disk. Not possible on Windows. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // The file is in place even if the sync failed.
  }
}
