/** A lock file beside the guarded file, so that one process writes at a time. */

import { closeSync, openSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import { errorCode, fileError } from './failure.js'
import { purposes } from './purposes.js'
import { readBytes } from './read.js'
import { makeFolder, PRIVATE_FILE } from './write.js'

interface LockOptions {
  /** Milliseconds to wait for another process. Default 10,000. */
  readonly patience?: number
  /**
   * Milliseconds after which a lock is broken although its process is alive. Guarded work usually takes
   * milliseconds. Default 60,000; Infinity if the work must never run twice at once.
   */
  readonly longestHold?: number
}

/**
 * Runs `work` while no other process runs its own under the same path. Breaks the lock of a process that has
 * died. Throws ConfigError when the lock is not free in time.
 */
export async function locked<T>(
  path: string,
  work: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lock = `${path}.lock`
  const owner = await ownName()
  try {
    makeFolder(dirname(lock))
  } catch (cause) {
    throw fileError('write', lock, cause)
  }
  await acquire(lock, owner, options)
  try {
    return await work()
  } finally {
    if ((await ownerOf(lock)) === owner) remove(lock)
  }
}

async function acquire(lock: string, owner: string, options: LockOptions): Promise<void> {
  const { patience = 10_000, longestHold = 60_000 } = options
  const until = performance.now() + patience
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    if (create(lock, owner)) return
    // Checked for a stale lock, too, because removing it may fail.
    if (performance.now() > until) {
      const [pid, host] = (await ownerOf(lock))?.split(' ') ?? []
      const holder = pid && host ? `Process ${pid} on ${host}` : 'Another process'
      throw new ConfigError(`${holder} is changing ${lock.slice(0, -'.lock'.length)}.`, {
        at: lock,
        hint: `If no other occi is running: rm -rf ${shellWord(lock)}`,
      })
    }
    if ((await staleOwner(lock, longestHold)) !== undefined) await removeStale(lock, longestHold)
    else await sleep(pause * (0.5 + Math.random()))
  }
}

/** Creates the lock file; false if it exists. */
function create(lock: string, owner: string): boolean {
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
    remove(lock)
    throw fileError('write', lock, error)
  }
}

/**
 * Two processes may find the same stale lock. To remove it, a process first locks the lock file itself and then
 * checks again. Its owner is dead and cannot remove it in between.
 */
function removeStale(lock: string, longestHold: number): Promise<void> {
  return locked(lock, async () => {
    const owner = await staleOwner(lock, longestHold)
    if (owner !== undefined && owner === (await ownerOf(lock))) remove(lock)
  })
}

function remove(lock: string): void {
  try {
    unlinkSync(lock)
  } catch {
    // Another process has removed it.
  }
}

/** The longest time, in milliseconds, between creating the lock and writing its owner into it. */
const longestEmpty = 2_000

/** The content of a lock if it is stale; undefined if it is valid or missing. */
async function staleOwner(lock: string, longestHold: number): Promise<string | undefined> {
  const owner = await ownerOf(lock)
  if (owner === undefined) return undefined
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  const [pid = '', host, , started] = owner.trim().split(' ')
  const isStale =
    age > longestHold ||
    (host === undefined ? age > longestEmpty : host === hostname() && !(await isAlive(Number(pid), started)))
  return isStale ? owner : undefined
}

/** The content of a lock; undefined if there is none. */
async function ownerOf(lock: string): Promise<string | undefined> {
  return readBytes(lock, purposes.lock).then(
    (bytes) => bytes.toString('utf8'),
    () => undefined,
  )
}

/** The content of our lock: process id, host, a unique word, and the start of the process if it can be known. */
async function ownName(): Promise<string> {
  const unique = Math.random().toString(36).slice(2)
  return `${process.pid} ${hostname()} ${unique} ${await startOf(process.pid)}\n`
}

/** Whether the process that made the lock is alive. `started` excludes a later process with the same id. */
async function isAlive(pid: number, started: string | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
  return !started || [started, ''].includes(await startOf(pid))
}

/** When the process started, in kernel ticks; '' on systems without /proc. The name in field 2 may hold blanks and brackets. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = (await readBytes(`/proc/${pid}/stat`, purposes.lock)).toString('utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
