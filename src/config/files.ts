/** Atomic file writes that survive a crash: a temporary file is written beside the target and renamed. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import { type Purpose, purposes, readBytes, UnreadableFileError } from '../files/index.js'

/** Owner only: folders 0700, files 0600. */
export const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/**
 * Whether a write waits for the disk: a cache may be lost in a power failure, and no command should wait for
 * it.
 */
export type Worth = 'durable' | 'cache'

/**
 * Replaces a file in one step: readers see the old or the new content, never a part, also after a crash or on
 * a full disk. Creates missing folders with mode 0700. A symbolic link is kept and its target replaced.
 * Throws ConfigError naming the file.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  mode: number = PRIVATE_FILE,
  worth: Worth = 'durable',
): Promise<void> {
  try {
    // Synchronous, like reading: loading node:fs/promises takes longer than writing a cache.
    makeFolder(dirname(path))
    replace(throughLinks(path), data, mode, worth)
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

/** Creates a folder and its parents with mode 0700. Throws the system's error. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    // Node reports ENOENT for any failure to create a parent folder. Creating them one by one yields the real
    // reason.
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: PRIVATE_FOLDER })
  }
}

/** The text of a file, undefined when it is missing. Throws ConfigError naming the file. */
export async function readIfThere(
  path: string,
  purpose: Purpose = purposes.settings,
): Promise<string | undefined> {
  try {
    return (await readBytes(path, purpose)).toString('utf8')
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileError('read', path, cause)
  }
}

/** `ENOSPC`, `EACCES`, … of an error from Node. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

export function fileError(verb: 'read' | 'write' | 'remove', path: string, cause: unknown): ConfigError {
  const code = errorCode(cause)
  const ofRoot = code === 'EACCES' || code === 'EPERM' ? leftByRoot(path) : undefined
  if (ofRoot !== undefined) {
    return new ConfigError(`Cannot ${verb} ${path}: ${ofRoot} belongs to root. Was occi run with sudo?`, {
      at: path,
      hint: `Run: ${takeOver(ofRoot, '-R ')}`,
      cause,
    })
  }
  const reason =
    cause instanceof UnreadableFileError
      ? cause.reason
      : (REASONS.get(code ?? '') ?? code ?? 'unknown reason')
  return new ConfigError(`Cannot ${verb} ${path}: ${reason}.`, { at: path, cause })
}

/** The path that root owns inside the user's folders: the path itself or a parent. */
function leftByRoot(path: string): string | undefined {
  const uid = process.getuid?.()
  if (uid === undefined || uid === 0) return undefined
  for (let place = resolve(path); dirname(place) !== place; place = dirname(place)) {
    if (ownerOf(place) === 0 && ownerOf(dirname(place)) === uid) return place
  }
  return undefined
}

function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid
  } catch {
    return undefined
  }
}

/** The command that gives a path back to the user. */
export function takeOver(path: string, options = ''): string {
  return `sudo chown ${options}"$(id -un)" ${shellWord(path)}`
}

/** Quotes a path for a command that the user can copy. */
export function shellWord(path: string): string {
  return /^[A-Za-z0-9_./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full, or holds as many files as it can'],
  ['EFBIG', 'files may not grow that large here (ulimit)'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  // mkdir's error when a file has the folder's name.
  ['EEXIST', 'a part of the path is not a folder'],
  ['ELOOP', 'its symbolic links go round in circles'],
])

function replace(path: string, data: string | Uint8Array, mode: number, worth: Worth): void {
  const temporary = temporaryBeside(path)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      // The umask may have removed bits; chmod sets the mode as requested.
      fchmodSync(file, mode)
      writeFileSync(file, data)
      if (worth === 'durable') fsyncSync(file)
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
  if (worth === 'durable') syncFolder(dirname(path))
}

/** A name that is unique among processes and threads; it is opened so that an existing file is refused. */
function temporaryBeside(path: string): string {
  const unique = `${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`)
}

/** The file that a path resolves to, which need not exist. Throws the system's error. */
export function throughLinks(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // Nothing is there, or a dangling link: then its target is created and the link is kept.
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
