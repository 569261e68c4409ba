/**
 * Reads files that decide where requests go and what they contain. They are refused if anybody but the user and root
 * can write them.
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
 * The text of a file; undefined if it is missing. The file is opened once, and the checks apply to the opened file.
 * Throws ConfigError, with the command to run, if another user owns the file, or can write it or its folder.
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
 * The same checks for a program that is to be run. Throws ConfigError as readOwned does; nothing is checked on
 * systems without owners (Windows).
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

interface Owner {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

function checkOwner(path: string, owner: Owner, uid: number): void {
  if (isOtherUser(owner, uid)) {
    throw new ConfigError(
      `${path} belongs to another user (number ${owner.uid}), who can change its content.`,
      {
        at: path,
        hint:
          uid === 0 ? withoutSudoHint : `Remove it, or if its content is yours, run: ${chownCommand(path)}`,
      },
    )
  }
  if (!isWritableByOthers(owner, uid)) return
  throw new ConfigError(`Others can write ${path}: its mode is ${octal(owner.mode)}.`, {
    at: path,
    hint: `Check its content, then run: chmod go-w ${shellWord(path)}`,
  })
}

/** Whoever can write the folder can replace the file, and whoever owns a link can redirect it. */
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
    // In a sticky folder like /tmp nobody can replace the files of others.
    const isSticky = (stats.mode & 0o1000) !== 0
    if (isSticky || !isWritableByOthers(stats, uid)) continue
    throw new ConfigError(`Others can write the folder of ${path}: its mode is ${octal(stats.mode)}.`, {
      at: folder,
      hint: `Check its content, then run: chmod go-w ${shellWord(folder)}`,
    })
  }
}

function isOtherUser(owner: Owner, uid: number): boolean {
  return owner.uid !== uid && owner.uid !== 0
}

/** sudo may keep the user's HOME. Giving the user's files to root would lock the user out. */
const withoutSudoHint = "Run occi without sudo, or with sudo -H, which uses root's own home folder."

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
