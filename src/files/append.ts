/** Append-only files of lines. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createFolder, PRIVATE_FILE } from './write.js'

export interface LineLog {
  /** In bytes, as far as this process knows. */
  readonly size: number
  /** Appends lines, each with its line end. Throws the system's error, after which a part may be written. */
  append(lines: string): void
  close(): void
}

/**
 * Opens a file for appending; creates it with mode 0600 if it is missing. Synchronous, because an append takes
 * microseconds and a bulk command makes thousands. `durable` appends wait for the disk (fsync). Throws Node's system
 * error.
 *
 * `links: 'refuse'` is for files that the user did not name: a symbolic link, a file of another user, or anything
 * that is not a regular file is an error.
 */
export function openLineLog(
  path: string,
  durability: 'durable' | 'quick',
  { links = 'follow' }: { readonly links?: 'follow' | 'refuse' } = {},
): LineLog {
  createFolder(dirname(path))
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
  // Without O_NONBLOCK, opening a FIFO in its place would block forever.
  const fd = openSync(
    path,
    O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | (links === 'refuse' ? O_NOFOLLOW : 0),
    PRIVATE_FILE,
  )
  const stats = fstatSync(fd)
  if (links === 'refuse' && !(stats.isFile() && isOwn(stats.uid))) {
    closeSync(fd)
    throw new Error(`${path} is not a file of the user`)
  }
  let { size } = stats
  return {
    get size() {
      return size
    },
    append(lines) {
      // A single write of whole lines in append mode, so that lines of several processes do not mix.
      const bytes = Buffer.from(lines)
      let written = writeSync(fd, bytes)
      while (written < bytes.length) written += writeSync(fd, bytes, written)
      size += written
      if (durability === 'durable') fsyncSync(fd)
    },
    close: () => closeSync(fd),
  }
}

/** In a shared folder another user may have created the file. Root may write any file. */
function isOwn(uid: number): boolean {
  const own = process.getuid?.()
  return own === undefined || own === 0 || own === uid
}
