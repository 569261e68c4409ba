/**
 * A lock between processes, made of files only. The lock file is linked into place with its owner already
 * written in it, so it never exists half. A lock whose owner is dead is taken away by exactly one process:
 * by the one that holds the lock on that very lock (named after its token, so it cannot be mixed up).
 */

import { link, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { ConfigError } from '../../errors/errors.js'
import { purposes, readBytes } from '../../files/index.js'

export interface LockSettings {
  readonly path: string
  /** Unique for each attempt. */
  readonly token: () => string
  /** Milliseconds to wait for another process before giving up. Default 30 s. */
  readonly patience?: number
}

/** Waits until this process has the lock; returns what releases it. Throws ConfigError when it takes too long. */
export async function acquireLock(settings: LockSettings): Promise<() => Promise<void>> {
  const { path } = settings
  const until = performance.now() + (settings.patience ?? 30_000)
  const token = settings.token()
  const own: Owner = { pid: process.pid, host: hostname(), token, started: await startOf(process.pid) }
  const temporary = `${path}.${token}.tmp`
  await writeFile(temporary, JSON.stringify(own), { mode: 0o600, flag: 'wx' })
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
      if (await linked(temporary, path)) break
      const owner = await ownerOf(path)
      if (owner !== undefined && (await isDead(owner))) {
        await removeStale(settings, owner)
        continue
      }
      if (performance.now() > until) throw tooLong(path, owner)
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
    }
  } finally {
    await unlink(temporary).catch(() => {})
  }
  return () => unlink(path)
}

interface Owner {
  readonly pid: number
  readonly host: string
  readonly token: string
  /** When the process started, in the kernel's ticks; '' where that cannot be known. */
  readonly started: string
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function removeStale(settings: LockSettings, owner: Owner): Promise<void> {
  const release = await acquireLock({ ...settings, path: `${settings.path}.${owner.token}` })
  try {
    const current = await ownerOf(settings.path)
    if (current?.token !== owner.token) return
    await unlink(settings.path)
    await unlink(`${settings.path}.${owner.token}.tmp`).catch(() => {})
  } finally {
    await release()
  }
}

/** Undefined when there is no lock (any more). */
async function ownerOf(path: string): Promise<Owner | undefined> {
  let text: string
  try {
    text = (await readBytes(path, purposes.lock)).toString('utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const read = JSON.parse(text) as Partial<Owner> | null
    if (
      typeof read?.pid === 'number' &&
      typeof read.token === 'string' &&
      /^[\w-]{1,100}$/.test(read.token)
    ) {
      return {
        pid: read.pid,
        host: String(read.host),
        token: read.token,
        started: String(read.started ?? ''),
      }
    }
  } catch {}
  throw new ConfigError(`${path} is not a lock file of the sandbox`, {
    hint: 'Remove it if nothing uses it.',
  })
}

/** Only of this host can it be known; a number that another process has got since counts as dead. */
async function isDead(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return false
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
  const started = await startOf(owner.pid)
  return owner.started !== '' && started !== '' && started !== owner.started
}

/** Field 22 of /proc/PID/stat; the command's name in field 2 may hold blanks and brackets. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = (await readBytes(`/proc/${pid}/stat`, purposes.lock)).toString('utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function tooLong(path: string, owner: Owner | undefined): ConfigError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new ConfigError(`The sandbox's state is locked by ${who} (${path})`, {
    hint: 'Wait for it to end, or remove the lock file if that process is gone.',
  })
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
