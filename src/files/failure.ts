/** Messages for failed file operations. */
import { lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'

/**
 * Says that a file is refused although the system can read it. System errors (ENOENT, EACCES, …) are thrown unchanged.
 */
export class UnreadableFileError extends Error {
  constructor(
    readonly reason: string,
    readonly kind: 'too-large' | 'not-a-file' | 'too-slow' | 'foreign-owner' | 'not-secret',
  ) {
    super(reason)
    this.name = 'UnreadableFileError'
  }
}

/** Returns the code of an error from Node, such as `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** Whether an error from Node says that the path does not exist. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** Returns the reason why a file could not be read or written, for a message. */
export function unreadableReason(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.reason
  const code = errorCode(error)
  return reasons.get(code ?? '') ?? code ?? (error instanceof Error ? error.message : String(error))
}

/**
 * Returns an error that names the file and the reason. If the file belongs to root (after sudo), the hint contains the
 * command that repairs this.
 */
export function fileError(verb: 'read' | 'write' | 'remove', path: string, cause: unknown): ConfigError {
  const code = errorCode(cause)
  const rootOwned = code === 'EACCES' || code === 'EPERM' ? pathOwnedByRoot(path) : undefined
  if (rootOwned !== undefined) {
    return new ConfigError(`Cannot ${verb} ${path}: ${rootOwned} belongs to root. Was occi run with sudo?`, {
      at: path,
      hint: `Run: ${chownCommand(rootOwned, '-R ')}`,
      cause,
    })
  }
  return new ConfigError(`Cannot ${verb} ${path}: ${unreadableReason(cause)}.`, { at: path, cause })
}

/** Returns the shell command that makes the user the owner of a path. `options` are those of chown. */
export function chownCommand(path: string, options = ''): string {
  return `sudo chown ${options}"$(id -un)" ${shellWord(path)}`
}

/** Returns the first file or folder on the path that belongs to root inside a folder of the user, if any. */
function pathOwnedByRoot(path: string): string | undefined {
  const uid = process.getuid?.()
  if (uid === undefined || uid === 0) return undefined
  for (let folder = resolve(path); dirname(folder) !== folder; folder = dirname(folder)) {
    if (ownerOf(folder) === 0 && ownerOf(dirname(folder)) === uid) return folder
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

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full, or has no room for another file'],
  ['EFBIG', 'files may not grow that large here (ulimit)'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  // mkdir fails with EEXIST if a file has the name of the folder.
  ['EEXIST', 'a part of the path is not a folder'],
  ['ELOOP', 'its symbolic links form a loop'],
  ['ENXIO', 'it is a socket'],
  ['EAGAIN', 'it has no data yet'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['EIO', 'the disk or the network file system reports an I/O error'],
  ['ESTALE', 'the network file system no longer has it'],
])
