/**
 * How files of users are read: the only way (test/architecture/reads.test.ts). Whatever a path leads to, a
 * read ends: it is never blocked by opening, never takes more memory than its purpose allows, and a pipe
 * has to deliver in time.
 */
import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs'
import type { Purpose } from './purposes.js'

/** Milliseconds for which a pipe may deliver nothing, and may take in all. */
export interface PipePatience {
  readonly idle: number
  readonly total: number
}

const pipePatience: PipePatience = { idle: 60_000, total: 600_000 }

/** A file that is not read, and why. Errors of the system (ENOENT, EACCES, …) stay as they are. */
export class UnreadableFileError extends Error {
  constructor(
    readonly reason: string,
    readonly kind: 'too-large' | 'not-a-file' | 'too-slow' | 'not-ones-own' | 'not-secret',
  ) {
    super(reason)
    this.name = 'UnreadableFileError'
  }
}

/**
 * The content of a regular file, or of a pipe where the purpose allows one (`<(command)`, a FIFO). Throws
 * UnreadableFileError, and the errors of the system.
 */
export async function readBytes(
  path: string,
  purpose: Purpose,
  patience: PipePatience = pipePatience,
): Promise<Buffer> {
  // What a person writes for "no file": a device that is not endless.
  if (path === '/dev/null') return Buffer.alloc(0)
  const fd = openWithoutBlocking(path, purpose.found === true ? 'refuse' : 'follow')
  let open = true
  const close = () => {
    if (open) closeSync(fd)
    open = false
  }
  try {
    const stats = fstatSync(fd)
    refuseShared(stats, purpose)
    if (stats.isFile()) return await readFile(fd, stats.size, purpose)
    if (!stats.isFIFO() || purpose.pipe !== true) throw notAFile(stats, purpose)
    const first = firstOfPipe(fd, path)
    if (first === 'ended') return Buffer.alloc(0)
    open = false
    return await readPipe(fd, first, purpose, patience)
  } finally {
    close()
  }
}

export interface RegularOptions<T> {
  /** `refuse` where a symbolic link makes no sense. */
  readonly links: 'follow' | 'refuse'
  /** Throws for a file that must not be used. What it is given is what is read. */
  readonly check: (stats: Stats) => void
  readonly give: (bytes: Buffer, stats: Stats) => T
}

/** The same for a regular file only, at once. */
export function readRegular<T>(path: string, purpose: Purpose, { links, check, give }: RegularOptions<T>): T {
  const fd = openWithoutBlocking(path, links)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw notAFile(stats, purpose)
    check(stats)
    if (stats.size > purpose.limit) throw tooLarge(purpose)
    // No more than the size that was checked, also when the file grows meanwhile.
    const bytes = Buffer.allocUnsafe(stats.size)
    let length = 0
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, null)
      if (count === 0) break
      length += count
    }
    return give(bytes.subarray(0, length), stats)
  } finally {
    closeSync(fd)
  }
}

/** Without O_NONBLOCK a FIFO that nobody writes to blocks the process, so that not even signals reach it. */
function openWithoutBlocking(path: string, links: 'follow' | 'refuse'): number {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0, O_NOFOLLOW = 0 } = constants
  return openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (links === 'refuse' ? O_NOFOLLOW : 0))
}

/** The words for a message: of UnreadableFileError its own, else of the system's error. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.reason
  const code = (error as { code?: unknown } | undefined)?.code
  return (
    reasons.get(String(code)) ??
    (typeof code === 'string' ? code : error instanceof Error ? error.message : String(error))
  )
}

/** Standard input, or another stream: at most what the purpose allows. Throws UnreadableFileError. */
export async function readStream(
  stream: NodeJS.ReadableStream,
  purpose: Purpose,
  { idle, total }: PipePatience,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  return new Promise((resolve, reject) => {
    const finish = (end: () => void) => {
      clearTimeout(idleTimer)
      clearTimeout(totalTimer)
      stream.off('data', take)
      // Left as it is it would keep the process alive.
      stream.pause()
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
      end()
    }
    const late = (limit: number) => () => finish(() => reject(tooSlow(limit, length)))
    let idleTimer = timer(idle, late(idle))
    const totalTimer = timer(total, late(total))
    const take = (part: Buffer | string) => {
      const bytes = Buffer.from(part as Buffer)
      length += bytes.length
      if (length > purpose.limit) return finish(() => reject(tooLarge(purpose)))
      parts.push(bytes)
      clearTimeout(idleTimer)
      idleTimer = timer(idle, late(idle))
    }
    stream.on('data', take)
    stream.once('end', () => finish(() => resolve(Buffer.concat(parts))))
    stream.once('error', (error) => finish(() => reject(error)))
    // A stream that was destroyed by somebody else never ends.
    stream.once('close', () => finish(() => resolve(Buffer.concat(parts))))
  })
}

function timer(milliseconds: number, work: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(milliseconds) ? setTimeout(work, milliseconds) : undefined
}

/** Up to here a regular file is there before the thread pool has woken up. */
const atOnce = 1_048_576
const piece = 4 * 1_048_576

/** The size is a guess: files of /proc say 0, and others grow while they are read. */
async function readFile(fd: number, size: number, purpose: Purpose): Promise<Buffer> {
  if (size > purpose.limit) throw tooLarge(purpose)
  const parts: Buffer[] = []
  let length = 0
  for (;;) {
    const buffer = Buffer.allocUnsafe(Math.min(piece, Math.max(size - length, 0) + 4096))
    // The first piece synchronously, then so that signals are heard.
    const count =
      length === 0 && size <= atOnce ? readSync(fd, buffer, 0, buffer.length, null) : await readOn(fd, buffer)
    if (count === 0) break
    length += count
    if (length > purpose.limit) throw tooLarge(purpose)
    parts.push(buffer.subarray(0, count))
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}

function readOn(fd: number, buffer: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) =>
      error === null ? resolve(count) : reject(error),
    )
  })
}

/**
 * What lies in a pipe now. A pipe of the shell (`<(command)`) was opened for writing before we came, so
 * that nothing to read means its end; with a FIFO the writer may still come.
 */
function firstOfPipe(fd: number, path: string): Buffer | 'ended' {
  const buffer = Buffer.allocUnsafe(65_536)
  try {
    const count = readSync(fd, buffer, 0, buffer.length, null)
    if (count === 0 && /^\/(dev|proc)\//.test(path)) return 'ended'
    return buffer.subarray(0, count)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EAGAIN') return Buffer.alloc(0)
    throw error
  }
}

async function readPipe(
  fd: number,
  first: Buffer,
  purpose: Purpose,
  patience: PipePatience,
): Promise<Buffer> {
  // Seldom needed, so loaded only here. It waits without a thread, and closes the descriptor.
  const { Socket } = process.getBuiltinModule('node:net')
  const rest = { ...purpose, limit: purpose.limit - first.length }
  const socket = new Socket({ fd, readable: true, writable: false })
  if (rest.limit < 0) {
    socket.destroy()
    throw tooLarge(purpose)
  }
  return Buffer.concat([first, await readStream(socket, rest, patience)])
}

/** Others than the user and root may neither have written what was found, nor read what is secret. */
function refuseShared(stats: Stats, { found, secret }: Purpose): void {
  const uid = process.getuid?.()
  // Where users have no numbers (Windows), permission bits mean nothing either.
  if (uid === undefined) return
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  if (found === true && stats.uid !== uid && stats.uid !== 0) {
    throw new UnreadableFileError(`it belongs to another user (number ${stats.uid})`, 'not-ones-own')
  }
  if (found === true && isWritableByOthers(stats, uid)) {
    throw new UnreadableFileError(`others can write it: its mode is ${mode}`, 'not-ones-own')
  }
  if (secret === true && (stats.mode & 0o077) !== 0) {
    throw new UnreadableFileError(`others can read it: its mode is ${mode}`, 'not-secret')
  }
}

/** A group with the number of its user has no other members by convention ("user private groups"). */
export function isWritableByOthers(
  { gid, mode }: { readonly gid: number; readonly mode: number },
  uid: number,
): boolean {
  const ownGroup = gid === uid && uid !== 0
  return (mode & (ownGroup ? 0o002 : 0o022)) !== 0
}

function tooLarge({ name, limit }: Purpose): UnreadableFileError {
  return new UnreadableFileError(`it is larger than ${size(limit)}, the limit for ${name}`, 'too-large')
}

function tooSlow(limit: number, received: number): UnreadableFileError {
  const what = received === 0 ? 'nothing came through the pipe' : 'the pipe did not end'
  return new UnreadableFileError(`${what} within ${Math.ceil(limit / 1000)} s`, 'too-slow')
}

function notAFile(stats: Stats, { name }: Purpose): UnreadableFileError {
  const what = kinds.find(([is]) => is(stats))?.[1] ?? 'not a regular file'
  return new UnreadableFileError(`it is ${what}, which cannot be read as ${name}`, 'not-a-file')
}

const kinds: readonly (readonly [is: (stats: Stats) => boolean, name: string])[] = [
  [(stats) => stats.isDirectory(), 'a folder'],
  [(stats) => stats.isFIFO(), 'a pipe'],
  [(stats) => stats.isCharacterDevice() || stats.isBlockDevice(), 'a device'],
  [(stats) => stats.isSocket(), 'a socket'],
]

function size(bytes: number): string {
  return bytes >= 1_048_576 ? `${bytes / 1_048_576} MiB` : `${bytes / 1024} KiB`
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'its symbolic links go round in circles'],
  ['ENXIO', 'it is a socket'],
  ['EAGAIN', 'it has nothing to read now'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['EIO', 'the disk or the network file system fails'],
  ['ESTALE', 'the network file system has lost it'],
])
