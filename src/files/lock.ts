/** Locks files between processes: a lock file next to the protected file lets one process write at a time. */

import { closeSync, openSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import { errorCode, fileError } from './failure.js'
import { purposes } from './purposes.js'
import { readBytes } from './read.js'
import { createFolder, PRIVATE_FILE } from './write.js'

interface LockOptions {
  /** Milliseconds to wait for another process. Default 10,000. */
  readonly timeout?: number
  /**
   * Milliseconds after which a lock is taken over even if its process is alive. Default 60,000, since work under a lock
   * usually takes milliseconds. Infinity if the work must never run twice at the same time.
   */
  readonly staleAfter?: number
}

/**
 * Runs `work` while this process holds the lock of `path`. Takes over the lock of a process that has died. Throws
 * ConfigError if the lock is not free in time.
 */
export async function withLock<T>(
  path: string,
  work: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lock = `${path}.lock`
  const owner = await newOwner()
  try {
    createFolder(dirname(lock))
  } catch (cause) {
    throw fileError('write', lock, cause)
  }
  await acquire(lock, owner, options)
  try {
    return await work()
  } finally {
    if ((await readOwner(lock)) === owner) removeLock(lock)
  }
}

async function acquire(lock: string, owner: string, options: LockOptions): Promise<void> {
  const { timeout = 10_000, staleAfter = 60_000 } = options
  const deadline = performance.now() + timeout
  for (let delay = 1; ; delay = Math.min(delay * 2, 20)) {
    if (createLock(lock, owner)) return
    // Checked before a stale lock is removed, because that may fail each time.
    if (performance.now() > deadline) {
      const [pid, host] = (await readOwner(lock))?.split(' ') ?? []
      const holder = pid && host ? `Process ${pid} on ${host}` : 'Another process'
      throw new ConfigError(`${holder} is changing ${lock.slice(0, -'.lock'.length)}.`, {
        at: lock,
        hint: `If no other occi is running: rm -rf ${shellWord(lock)}`,
      })
    }
    if ((await staleOwner(lock, staleAfter)) !== undefined) await removeStale(lock, staleAfter)
    else await sleep(delay * (0.5 + Math.random()))
  }
}

/** Creates the lock file. Returns false if it exists. */
function createLock(lock: string, owner: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', PRIVATE_FILE))
  } catch (error) {
    const code = errorCode(error)
    // Windows reports EPERM while another process deletes the file.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false
    throw fileError('write', lock, error)
  }
  try {
    writeFileSync(lock, owner)
    return true
  } catch (error) {
    removeLock(lock)
    throw fileError('write', lock, error)
  }
}

/**
 * Removes a stale lock. Two processes may find the same one, so a process first locks the lock file itself and then
 * checks again. The owner cannot remove it in between, because it is dead.
 */
function removeStale(lock: string, staleAfter: number): Promise<void> {
  return withLock(lock, async () => {
    const owner = await staleOwner(lock, staleAfter)
    if (owner !== undefined && owner === (await readOwner(lock))) removeLock(lock)
  })
}

function removeLock(lock: string): void {
  try {
    unlinkSync(lock)
  } catch {
    // Another process has removed it.
  }
}

/** The longest time, in milliseconds, between the creation of a lock file and the writing of its content. */
const emptyGrace = 2_000

/** Returns the content of a lock if it is stale; undefined if it is valid or missing. */
async function staleOwner(lock: string, staleAfter: number): Promise<string | undefined> {
  const owner = await readOwner(lock)
  if (owner === undefined) return undefined
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  const [pid = '', host, , started] = owner.trim().split(' ')
  const isStale =
    age > staleAfter ||
    (host === undefined ? age > emptyGrace : host === hostname() && !(await isAlive(Number(pid), started)))
  return isStale ? owner : undefined
}

/** Returns the content of a lock; undefined if it does not exist. */
async function readOwner(lock: string): Promise<string | undefined> {
  return readBytes(lock, purposes.lock).then(
    (bytes) => bytes.toString('utf8'),
    () => undefined,
  )
}

/** Returns the content for a new lock: process id, host, a unique word, and the start time of the process if known. */
async function newOwner(): Promise<string> {
  const unique = Math.random().toString(36).slice(2)
  return `${process.pid} ${hostname()} ${unique} ${await processStart(process.pid)}\n`
}

/** Whether the process that created the lock is alive. `started` tells it from a later process with the same id. */
async function isAlive(pid: number, started: string | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
  return !started || [started, ''].includes(await processStart(pid))
}

/** Returns the start time of a process in kernel ticks (field 22 of its stat); '' on systems without /proc. */
async function processStart(pid: number): Promise<string> {
  try {
    const text = (await readBytes(`/proc/${pid}/stat`, purposes.lock)).toString('utf8')
    // Field 2, the name of the process, may contain blanks and parentheses; the index counts from field 3.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
