/**
 * Reads files that determine which servers receive requests and what these contain. They are refused if other users
 * (except root) can write them.
 */
import { lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import {
  chownCommand,
  fileError,
  isMissing,
  isWritableByOthers,
  type Purpose,
  purposes,
  readRegular,
} from '../files/index.js'

/** A file that only its owner, the user or root, can write. */
export interface OwnedFile {
  readonly text: string
  /** Permission bits; undefined on systems without them (Windows). */
  readonly mode: number | undefined
}

export interface OwnedOptions {
  /** The kind of file, which sets the size limit. Default: a settings file. */
  readonly purpose?: Purpose
  /** `refuse` for files that only occi writes and that are never symbolic links. */
  readonly links?: 'follow' | 'refuse'
  /** The user's id; undefined on systems without one, where ownership is not checked. */
  readonly uid?: number | undefined
}

/**
 * Reads a file; undefined if it is missing. The file is opened once, and the checks apply to the opened file. Throws
 * ConfigError with a hint if another user owns the file, or can write it or its folder.
 */
export function readOwnedFile(path: string, options: OwnedOptions = {}): OwnedFile | undefined {
  const uid = 'uid' in options ? options.uid : process.getuid?.()
  try {
    return readRegular(path, options.purpose ?? purposes.settings, {
      links: options.links ?? 'follow',
      check: (stats) => {
        if (uid === undefined) return
        checkOwner(path, stats, uid)
        checkFolder(path, uid)
      },
      convert: (bytes, { mode }) => ({
        text: bytes.toString('utf8'),
        mode: uid === undefined ? undefined : mode & 0o777,
      }),
    })
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    if (isMissing(cause)) return undefined
    throw fileError('read', path, cause)
  }
}

/**
 * Checks a program before it runs, and throws ConfigError as readOwnedFile does. Nothing is checked on systems without
 * owners (Windows).
 */
export function requireOwnedFile(path: string, uid = process.getuid?.()): void {
  if (uid === undefined) return
  try {
    checkOwner(path, statSync(path), uid)
    checkFolder(path, uid)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw fileError('read', path, cause)
  }
}

/** The part of a file's status that determines who can change it. */
interface Ownership {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

function checkOwner(path: string, stats: Ownership, uid: number): void {
  if (isOtherUser(stats, uid)) {
    throw new ConfigError(
      `${path} belongs to another user (number ${stats.uid}), who can change its content.`,
      {
        at: path,
        hint:
          uid === 0 ? withoutSudoHint : `Remove it, or if its content is yours, run: ${chownCommand(path)}`,
      },
    )
  }
  if (!isWritableByOthers(stats, uid)) return
  throw new ConfigError(`Others can write ${path}: its mode is ${octal(stats.mode)}.`, {
    at: path,
    hint: `Check its content, then run: chmod go-w ${shellWord(path)}`,
  })
}

/**
 * Checks the folder of a file, and the links on the way to it: a user who can write the folder can replace the file,
 * and the owner of a link can change its target.
 */
function checkFolder(path: string, uid: number): void {
  const folders = new Set([dirname(path)])
  for (const link of [path, dirname(path)]) {
    const stats = lstatSync(link)
    if (!stats.isSymbolicLink()) continue
    if (isOtherUser(stats, uid)) {
      throw new ConfigError(
        `${link} is a symbolic link of another user (number ${stats.uid}), who can change its target.`,
        {
          at: link,
          hint: uid === 0 ? withoutSudoHint : 'Remove it, and create the link yourself if you need it.',
        },
      )
    }
    folders.add(dirname(link))
    folders.add(dirname(realpathSync(link)))
  }
  for (const folder of folders) {
    const stats = statSync(folder)
    if (isOtherUser(stats, uid)) {
      throw new ConfigError(`The folder of ${path} belongs to another user (number ${stats.uid}).`, {
        at: folder,
        hint: uid === 0 ? withoutSudoHint : `Keep it in a folder of yours, or run: ${chownCommand(folder)}`,
      })
    }
    // In a sticky folder such as /tmp, users cannot replace the files of others.
    const isSticky = (stats.mode & 0o1000) !== 0
    if (isSticky || !isWritableByOthers(stats, uid)) continue
    throw new ConfigError(`Others can write the folder of ${path}: its mode is ${octal(stats.mode)}.`, {
      at: folder,
      hint: `Check its content, then run: chmod go-w ${shellWord(folder)}`,
    })
  }
}

function isOtherUser(stats: Ownership, uid: number): boolean {
  return stats.uid !== uid && stats.uid !== 0
}

/** The hint for root. sudo may keep the user's HOME, and a chown to root would lock the user out of these files. */
const withoutSudoHint = "Run occi without sudo, or with sudo -H, which uses root's own home folder."

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
