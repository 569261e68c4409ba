/** Files to which lines are only appended. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createFolder, PRIVATE_FILE } from './write.js'

/** An open file to which lines are appended. */
export interface LineLog {
  /** The size in bytes: when the file was opened, and what this process appended since. */
  readonly size: number
  /** Appends lines, each with its line end. Throws the system's error; a part may have been written then. */
  append(lines: string): void
  close(): void
}

/**
 * Opens a file for appending. Creates it with mode 0600 if it is missing, and its folder with mode 0700. Throws the
 * system's error. Synchronous, because an append takes microseconds and a bulk command makes thousands.
 *
 * `durable` appends wait for the disk (fsync). `links: 'refuse'` is for files that the user did not name: it throws for
 * a symbolic link, a file of another user, or anything that is not a regular file.
 */
export function openLineLog(
  path: string,
  durability: 'durable' | 'quick',
  { links = 'follow' }: { readonly links?: 'follow' | 'refuse' } = {},
): LineLog {
  createFolder(dirname(path))
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  // Without O_NONBLOCK, opening would block forever if the path is a FIFO.
  const fd = openSync(
    path,
    O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0),
    PRIVATE_FILE,
  )
  const stats = fstatSync(fd)
  if (links === 'refuse' && !(stats.isFile() && isOwnedByUser(stats.uid))) {
    closeSync(fd)
    throw new Error(`${path} is not a file of the user`)
  }
  let { size } = stats
  return {
    get size() {
      return size
    },
    append(lines) {
      // In append mode, one write of whole lines keeps the lines of several processes apart.
      const bytes = Buffer.from(lines)
      let written = writeSync(fd, bytes)
      while (written < bytes.length) written += writeSync(fd, bytes, written)
      size += written
      if (durability === 'durable') fsyncSync(fd)
    },
    close: () => closeSync(fd),
  }
}

/** Whether a file belongs to the current user, since others may have created it in a shared folder. True for root. */
function isOwnedByUser(uid: number): boolean {
  const ownUid = process.getuid?.()
  return ownUid === undefined || ownUid === 0 || ownUid === uid
}
