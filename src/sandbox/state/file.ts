/** A cloud in a file that several processes may use at once. What was acknowledged survives kill -9. */
import { randomUUID } from 'node:crypto'
import { mkdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '../fault.js'
import type { Cloud } from './cloud.js'
import { Journal } from './journal.js'
import { acquireLock, codeOf } from './lock.js'
import type { Change } from './record.js'
import type { Store } from './store.js'

/** Throws ConfigError (from read and update) when the file is not ours or cannot be used. */
export function fileStore(path: string, seed: () => readonly Change[]): Store {
  const journal = new Journal(path, seed)
  const waiting: Task[] = []
  let running: Promise<void> | undefined

  /** Requests that arrive while others are being written share the next lock and the next write. */
  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, waiting.length)
      try {
        if (batch.some((task) => task.writes)) await locked(path, () => carryOut(journal, batch))
        else await look(journal, batch)
      } catch (error) {
        for (const task of batch) task.fail(error)
      }
    }
    running = undefined
  }

  function submit<T>(writes: boolean, operation: (cloud: Cloud) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.push({
        writes,
        run: (cloud) => {
          const { result, changes } = cloud.attempt(() => operation(cloud))
          return { changes, succeed: () => resolve(result) }
        },
        fail: reject,
      })
      running ??= drain()
    })
  }

  return {
    read: (operation) => submit(false, operation),
    update: (operation) => submit(true, operation),
    close: async () => {
      await running
      await journal.close()
    },
  }
}

/** Forgets everything: the next use starts anew. */
export async function resetFile(path: string): Promise<void> {
  await locked(path, async () => {
    try {
      await unlink(path)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  })
}

interface Task {
  readonly writes: boolean
  readonly run: (cloud: Cloud) => { readonly changes: readonly Change[]; readonly succeed: () => void }
  readonly fail: (error: unknown) => void
}

async function look(journal: Journal, batch: readonly Task[]): Promise<void> {
  await journal.refresh()
  for (const task of batch) {
    try {
      task.run(journal.cloud).succeed()
    } catch (error) {
      task.fail(error)
    }
  }
}

async function carryOut(journal: Journal, batch: readonly Task[]): Promise<void> {
  await journal.refresh()
  await journal.ensure()
  const changes: Change[] = []
  const done: (() => void)[] = []
  for (const task of batch) {
    try {
      const result = task.run(journal.cloud)
      changes.push(...result.changes)
      done.push(result.succeed)
    } catch (error) {
      task.fail(error)
    }
  }
  if (changes.length > 0) {
    try {
      await journal.append(changes)
    } catch (error) {
      // Memory has what the file has not: read it again next time.
      await journal.close()
      throw new Fault(507, `The sandbox's state could not be written (${codeOf(error) ?? 'error'})`)
    }
  }
  for (const succeed of done) succeed()
}

async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const release = await acquireLock({ path: `${path}.lock`, token: randomUUID })
  try {
    return await work()
  } finally {
    await release()
  }
}
