/** Replaces files in one step: writes a temporary file next to the target and renames it. */
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

/** Modes that give access only to the owner. */
const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/** Whether a write waits for the disk (fsync). It does not for a cache, which may be lost in a power failure. */
type Durability = 'durable' | 'cache'

/**
 * Replaces a file in one step: readers see the old or the new content, never a part of it, even after a crash or on a
 * full disk. Creates missing folders with mode 0700. If the path is a symbolic link, its target is replaced; for a
 * cache, the link itself is. Throws ConfigError, whose message names the file.
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
    replaceFile(durability === 'cache' ? path : resolveLinks(path), data, mode, durability)
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

/** Creates a folder and its parents with mode 0700. Throws the system's error. */
export function createFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    // Node reports ENOENT for any failure to create a parent folder. Creating them one by one shows the real reason.
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    createFolder(dirname(path))
    mkdirSync(path, { mode: PRIVATE_FOLDER })
  }
}

function replaceFile(path: string, data: string | Uint8Array, mode: number, durability: Durability): void {
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

/** Returns a path in the same folder with a name that is unique among processes and threads. */
function temporaryPath(path: string): string {
  const unique = `${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`)
}

/** Resolves the symbolic links of a path. The file need not exist. Throws the system's error. */
export function resolveLinks(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // The path does not exist, or is a dangling link. Its target can be created then.
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
