/**
 * Reads files of the user; no other module does (test/architecture/reads.test.ts). Every read terminates, whatever kind
 * of file the path names: opening does not block, the purpose limits the size, and pipes have time limits.
 */

import {
  closeSync,
  constants,
  fstat,
  fstatSync,
  open as openLater,
  openSync,
  read,
  readSync,
  type Stats,
} from 'node:fs'
import { formatBytes, formatLimit } from '../basics/amounts.js'
import { errorCode, fileError, isMissing, UnreadableFileError } from './failure.js'
import { type Purpose, purposes } from './purposes.js'

/** Time limits for reading a pipe, in milliseconds: between two pieces of data, and in total. */
export interface PipeTimeouts {
  readonly idle: number
  readonly total: number
}

const defaultTimeouts: PipeTimeouts = { idle: 60_000, total: 600_000 }

/**
 * Reads a regular file, or a pipe if the purpose allows one (`<(command)`, a FIFO). Throws UnreadableFileError or the
 * system's error.
 */
export async function readBytes(
  path: string,
  purpose: Purpose,
  timeouts: PipeTimeouts = defaultTimeouts,
): Promise<Buffer> {
  // Users write /dev/null for "no file". Other devices are refused.
  if (path === '/dev/null') return Buffer.alloc(0)
  const links = purpose.discovered === true ? 'refuse' : 'follow'
  // A file that the user names may be on a file system that hangs (FUSE, network). If it is opened asynchronously, the
  // process can handle signals meanwhile.
  const mayBlock = purpose.pipe === true
  const fd = mayBlock ? await openInBackground(path, links) : openWithoutBlocking(path, links)
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(fd)
    isOpen = false
  }
  try {
    const stats = mayBlock ? await statsOf(fd) : fstatSync(fd)
    refuseShared(stats, purpose)
    if (stats.isFile()) return await readFile(fd, stats.size, purpose, mayBlock ? 0 : syncReadLimit)
    if (!stats.isFIFO() || purpose.pipe !== true) throw notAFile(stats, purpose)
    const initial = readAvailable(fd, path)
    if (initial === 'ended') return Buffer.alloc(0)
    isOpen = false
    return await readPipe(fd, initial, purpose, timeouts)
  } finally {
    close()
  }
}

/** Returns the text of a file; undefined if it does not exist. Throws ConfigError, whose message names the file. */
export async function readIfExists(
  path: string,
  purpose: Purpose = purposes.settings,
): Promise<string | undefined> {
  try {
    return (await readBytes(path, purpose)).toString('utf8')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw fileError('read', path, cause)
  }
}

interface RegularOptions<T> {
  /** Whether the path may be a symbolic link. */
  readonly links: 'follow' | 'refuse'
  /**
   * Throws for a file that must not be used. `stats` describe the open file, even if the path is replaced meanwhile.
   */
  readonly check: (stats: Stats) => void
  readonly convert: (bytes: Buffer, stats: Stats) => T
}

/**
 * Reads a regular file synchronously and returns the result of `convert`. Throws UnreadableFileError or the system's
 * error.
 */
export function readRegular<T>(
  path: string,
  purpose: Purpose,
  { links, check, convert }: RegularOptions<T>,
): T {
  const fd = openWithoutBlocking(path, links)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw notAFile(stats, purpose)
    check(stats)
    if (stats.size > purpose.limit) throw tooLarge(purpose)
    // Reads at most the size that was checked, even if the file has grown since.
    const bytes = Buffer.allocUnsafe(stats.size)
    let length = 0
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, null)
      if (count === 0) break
      length += count
    }
    return convert(bytes.subarray(0, length), stats)
  } finally {
    closeSync(fd)
  }
}

/**
 * Opens a file. Without O_NONBLOCK, a FIFO without a writer would block the process, which could not handle signals.
 */
function openWithoutBlocking(path: string, links: 'follow' | 'refuse'): number {
  return openSync(path, flagsFor(links))
}

function openInBackground(path: string, links: 'follow' | 'refuse'): Promise<number> {
  return new Promise((resolve, reject) => {
    openLater(path, flagsFor(links), (error, fd) => (error === null ? resolve(fd) : reject(error)))
  })
}

function flagsFor(links: 'follow' | 'refuse'): number {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0, O_NOFOLLOW = 0 } = constants
  return O_RDONLY | O_NONBLOCK | O_NOCTTY | (links === 'refuse' ? O_NOFOLLOW : 0)
}

function statsOf(fd: number): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fstat(fd, (error, stats) => (error === null ? resolve(stats) : reject(error)))
  })
}

/**
 * Reads standard input or another stream, up to the limit of the purpose. `initial` is data that was read from it
 * before. Throws UnreadableFileError.
 */
export async function readStream(
  stream: NodeJS.ReadableStream,
  purpose: Purpose,
  { idle, total }: PipeTimeouts,
  initial: Buffer = Buffer.alloc(0),
): Promise<Buffer> {
  const parts: Buffer[] = [initial]
  let length = initial.length
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(idleTimer)
      clearTimeout(totalTimer)
      stream.off('data', onData)
      // An open stream would keep the process alive.
      stream.pause()
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
      end()
    }
    const expire = (limit: number) => () => settle(() => reject(tooSlow(limit, length)))
    let idleTimer = timer(idle, expire(idle))
    const totalTimer = timer(total, expire(total))
    const onData = (part: Buffer | string) => {
      const bytes = Buffer.from(part as Buffer)
      length += bytes.length
      if (length > purpose.limit) return settle(() => reject(tooLarge(purpose)))
      parts.push(bytes)
      clearTimeout(idleTimer)
      idleTimer = timer(idle, expire(idle))
    }
    stream.on('data', onData)
    stream.once('end', () => settle(() => resolve(Buffer.concat(parts))))
    stream.once('error', (error) => settle(() => reject(error)))
    // A stream that is destroyed elsewhere emits no `end`.
    stream.once('close', () => settle(() => resolve(Buffer.concat(parts))))
  })
}

function timer(milliseconds: number, work: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(milliseconds) ? setTimeout(work, milliseconds) : undefined
}

/** The largest file, in bytes, that is read synchronously, which takes less time than waking the thread pool. */
const syncReadLimit = 1_048_576
const chunkSize = 4 * 1_048_576

/**
 * Reads an open file to its end. `size` is only an estimate: files in /proc report 0, and other files grow while they
 * are read. Files up to `syncLimit` bytes are read synchronously.
 */
async function readFile(fd: number, size: number, purpose: Purpose, syncLimit: number): Promise<Buffer> {
  if (size > purpose.limit) throw tooLarge(purpose)
  const parts: Buffer[] = []
  let length = 0
  for (;;) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(size - length, 0) + 4096))
    // Further pieces are read asynchronously, so that the process can handle signals.
    const count =
      length === 0 && size <= syncLimit
        ? readSync(fd, buffer, 0, buffer.length, null)
        : await readChunk(fd, buffer)
    if (count === 0) break
    length += count
    if (length > purpose.limit) throw tooLarge(purpose)
    parts.push(buffer.subarray(0, count))
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}

function readChunk(fd: number, buffer: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) =>
      error === null ? resolve(count) : reject(error),
    )
  })
}

/**
 * Reads the data that a pipe has now. `ended` if there will be none: the shell opens `<(command)` for writing before it
 * starts this process, so it has ended if there is nothing to read. A FIFO may still get a writer.
 */
function readAvailable(fd: number, path: string): Buffer | 'ended' {
  const buffer = Buffer.allocUnsafe(65_536)
  try {
    const count = readSync(fd, buffer, 0, buffer.length, null)
    if (count === 0 && /^\/(dev\/fd|proc)\/|^\/dev\/stdin$/.test(path)) return 'ended'
    return buffer.subarray(0, count)
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return Buffer.alloc(0)
    throw error
  }
}

async function readPipe(
  fd: number,
  initial: Buffer,
  purpose: Purpose,
  timeouts: PipeTimeouts,
): Promise<Buffer> {
  // Loaded on demand, since pipes are rare. A socket waits without a thread, and closes the descriptor.
  const { Socket } = process.getBuiltinModule('node:net')
  const socket = new Socket({ fd, readable: true, writable: false })
  if (initial.length > purpose.limit) {
    socket.destroy()
    throw tooLarge(purpose)
  }
  return readStream(socket, purpose, timeouts, initial)
}

/**
 * Throws for a discovered file that a user other than the current one and root owns or can write, and for a secret file
 * that other users can read.
 */
function refuseShared(stats: Stats, { discovered, secret }: Purpose): void {
  const uid = process.getuid?.()
  // Windows has neither user ids nor meaningful permission bits.
  if (uid === undefined) return
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  if (discovered === true && stats.uid !== uid && stats.uid !== 0) {
    throw new UnreadableFileError(`it belongs to another user (number ${stats.uid})`, 'foreign-owner')
  }
  if (discovered === true && isWritableByOthers(stats, uid)) {
    throw new UnreadableFileError(`others can write it: its mode is ${mode}`, 'foreign-owner')
  }
  if (secret === true && (stats.mode & 0o077) !== 0) {
    throw new UnreadableFileError(`others can read it: its mode is ${mode}`, 'not-secret')
  }
}

/**
 * Whether other users can write a file. A group whose id equals the user's id does not count, since it has no other
 * members by the convention of "user private groups". With the usual umask of 002, that group can write everything in
 * the home folder. Debian's sshd accepts such files as well.
 */
export function isWritableByOthers(
  { gid, mode }: { readonly gid: number; readonly mode: number },
  uid: number,
): boolean {
  const ownGroup = gid === uid && uid !== 0
  return (mode & (ownGroup ? 0o002 : 0o022)) !== 0
}

function tooLarge({ name, limit }: Purpose): UnreadableFileError {
  return new UnreadableFileError(
    `it is larger than ${formatBytes(limit)}, the limit for ${name}`,
    'too-large',
  )
}

function tooSlow(limit: number, received: number): UnreadableFileError {
  const problem = received === 0 ? 'no data arrived through the pipe' : 'the pipe did not end'
  return new UnreadableFileError(`${problem} within ${formatLimit(limit)}`, 'too-slow')
}

function notAFile(stats: Stats, { name }: Purpose): UnreadableFileError {
  const description = fileKinds.find(([matches]) => matches(stats))?.[1] ?? 'not a regular file'
  return new UnreadableFileError(`it is ${description}, which cannot be read as ${name}`, 'not-a-file')
}

const fileKinds: readonly (readonly [is: (stats: Stats) => boolean, name: string])[] = [
  [(stats) => stats.isDirectory(), 'a folder'],
  [(stats) => stats.isFIFO(), 'a pipe'],
  [(stats) => stats.isCharacterDevice() || stats.isBlockDevice(), 'a device'],
  [(stats) => stats.isSocket(), 'a socket'],
]
