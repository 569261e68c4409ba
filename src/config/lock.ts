/** A lock file beside the guarded file, so that one process writes at a time. */
import { randomBytes } from 'node:crypto'
import { open, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../errors/errors.js'
import { purposes, readBytes } from '../files/index.js'
import { errorCode, fileError, makeFolder, PRIVATE_FILE } from './files.js'

export interface LockOptions {
  /** Milliseconds to wait for another process. Default 10,000. */
  readonly patience?: number
  /** Milliseconds after which a lock is broken although its process is alive. Default 60,000. */
  readonly longestHold?: number
}

/**
 * Runs `work` while no other process runs its own under the same path. Breaks the lock of a process that has
 * died. Throws ConfigError when the lock is not free in time.
 */
export async function locked<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const lock = `${path}.lock`
  const token = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')}\n`
  try {
    makeFolder(dirname(lock))
  } catch (cause) {
    throw fileError('write', lock, cause)
  }
  await acquire(lock, token, options)
  try {
    return await work()
  } finally {
    await release(lock, token)
  }
}

async function acquire(
  lock: string,
  token: string,
  { patience = 10_000, longestHold = usualHold }: LockOptions,
): Promise<void> {
  const step = 10
  for (let waited = 0; ; waited += step) {
    if (await tryCreate(lock, token)) return
    if (await isStale(lock, longestHold)) await breakLock(lock, token, longestHold)
    else if (waited >= patience) {
      throw new ConfigError(`Another process is changing ${lock.slice(0, -'.lock'.length)}.`, {
        at: lock,
        hint: `If no other occi is running, delete ${lock}.`,
      })
    } else await sleep(step)
  }
}

async function tryCreate(lock: string, token: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', PRIVATE_FILE)
    try {
      await file.writeFile(token)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    const code = errorCode(error)
    // Windows reports EPERM while another process deletes the file.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false
    throw fileError('write', lock, error)
  }
}

/** Guarded sections usually take milliseconds: after a minute the holder hangs, or its pid was reused. */
const usualHold = 60_000
/** The longest time, in milliseconds, between creating the lock and writing the pid into it. */
const LONGEST_EMPTY = 2_000

async function isStale(lock: string, longestHold: number): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([textOf(lock), stat(lock)])
    const age = Date.now() - mtimeMs
    if (age > longestHold) return true
    const [pid, host] = text.trim().split(' ')
    if (pid === undefined || pid === '' || host === undefined) return age > LONGEST_EMPTY
    return host === hostname() && !isAlive(Number(pid))
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/**
 * Two processes may find the same stale lock. A second lock ensures that the later one does not delete the
 * new lock of the earlier one.
 */
async function breakLock(lock: string, token: string, longestHold: number): Promise<void> {
  const breaker = `${lock}.break`
  if (!(await tryCreate(breaker, token))) {
    const { mtimeMs } = await stat(breaker).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > usualHold) await unlink(breaker).catch(() => undefined)
    await sleep(10)
    return
  }
  try {
    if (await isStale(lock, longestHold)) await unlink(lock).catch(() => undefined)
  } finally {
    await unlink(breaker).catch(() => undefined)
  }
}

async function textOf(lock: string): Promise<string> {
  return (await readBytes(lock, purposes.lock)).toString('utf8')
}

async function release(lock: string, token: string): Promise<void> {
  const held = await textOf(lock).catch(() => undefined)
  if (held === token) await unlink(lock).catch(() => undefined)
}
