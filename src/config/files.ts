/** Files that survive a crash: written beside and renamed, never in place. */
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

/** A cache may be lost when the power fails, but must not make each command wait for the disk. */
export type Worth = 'durable' | 'cache'

/**
 * Replaces a file in one step: whoever reads sees the old content or the new one, never a part, also
 * after a crash or on a full disk. Missing folders are made with mode 0700; a symbolic link is kept and
 * its target replaced. Throws ConfigError naming the file.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  mode: number = PRIVATE_FILE,
  worth: Worth = 'durable',
): Promise<void> {
  try {
    // Synchronous, as reading is: node:fs/promises alone takes longer to load than a cache to write.
    makeFolder(dirname(path))
    replace(throughLinks(path), data, mode, worth)
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

/** With those above it, each with mode 0700. Throws the error of the system. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    // Node says ENOENT for whatever kept it from making a folder above: made singly, the reason comes out.
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: PRIVATE_FOLDER })
  }
}

/** The text of a file, undefined when there is none. Throws ConfigError naming the file. */
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

/** What root made in a folder of the user: the path itself or a folder above it. */
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

/** The command that makes a path the user's own. */
export function takeOver(path: string, options = ''): string {
  return `sudo chown ${options}"$(id -un)" ${shellWord(path)}`
}

/** For a command that is shown to be copied. */
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
  // What mkdir says when the folder's own name is taken by a file.
  ['EEXIST', 'a part of the path is not a folder'],
  ['ELOOP', 'its symbolic links go round in circles'],
])

function replace(path: string, data: string | Uint8Array, mode: number, worth: Worth): void {
  const temporary = temporaryBeside(path)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      // The umask only takes bits away; chmod makes the mode what was asked for.
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
      // It was not even made, or is in place already.
    }
    throw error
  }
  if (worth === 'durable') syncFolder(dirname(path))
}

/** Told apart between processes and threads; opened so that one that is there already is refused. */
function temporaryBeside(path: string): string {
  const unique = `${process.pid.toString(36)}${Math.random().toString(36).slice(2)}`
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`)
}

/** The file that a path leads to, which need not exist. Throws the error of the system. */
export function throughLinks(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // Nothing is there, or a link to nothing: then what it names is made, and the link stays.
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

/** The rename itself must reach the disk; where folders cannot be synced (Windows), that is all there is. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // The file is in place all the same.
  }
}
