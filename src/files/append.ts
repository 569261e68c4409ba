/** Append-only files of lines. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, PRIVATE_FILE } from './write.js'

export interface LineLog {
  /** In bytes, as far as this process knows. */
  readonly size: number
  /** Appends lines, each with its line end. Throws the system's error, after which a part may be written. */
  append(lines: string): void
  close(): void
}

/**
 * Opens a file for appending; creates it with mode 0600 if it is missing. Synchronous, because an append takes
 * microseconds and a bulk command makes thousands. `durable` appends wait for the disk. Throws the system's
 * error.
 */
export function openLineLog(path: string, worth: 'durable' | 'quick'): LineLog {
  makeFolder(dirname(path))
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK = 0 } = constants
  // Without O_NONBLOCK, opening a FIFO in its place would block forever.
  const fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, PRIVATE_FILE)
  let { size } = fstatSync(fd)
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
      if (worth === 'durable') fsyncSync(fd)
    },
    close: () => closeSync(fd),
  }
}
