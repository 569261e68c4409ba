/**
 * A cloud in a file that several processes may use at once. Its first line says what it is; each further line is
 * the changes of some operations, on disk before these are acknowledged. A last line without its end was never
 * acknowledged. What was acknowledged survives kill -9.
 */
import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { ConfigError, withHint } from '../../errors/errors.js'
import {
  isMissing,
  openLineLog,
  purposes,
  readBytes,
  whyUnreadable,
  withLock,
  writeAtomically,
} from '../../files/index.js'
import { Fault } from '../fault.js'
import { Cloud } from './cloud.js'
import { type Change, decodeChanges, encodeChanges } from './record.js'
import type { Store } from './store.js'

const magic = '{"occi-sandbox":1}'

/** Waits long for other processes, and takes over from dead ones only: what one writes, another must have read. */
const patient = { timeout: 30_000, staleAfter: Number.POSITIVE_INFINITY }

/** Throws ConfigError (from read and update) when the file is not ours or cannot be used. */
export function fileStore(path: string, seed: () => readonly Change[]): Store {
  /** The file as this process knows it, and the signs by which a change is noticed. */
  let known: { readonly state: State; readonly version: string } | undefined
  const waiting: Task[] = []
  let writing: Promise<void> | undefined

  async function current(): Promise<State> {
    const version = versionOf(path)
    if (known?.version === version) return known.state
    const state = version === absent ? seeded(seed()) : await load(path)
    known = { state, version }
    return state
  }

  /** The state file needs a folder that can be written, which the home folder of some accounts is not. */
  function explained(error: unknown): unknown {
    if (!(error instanceof ConfigError) || error.hint !== undefined) return error
    return withHint(
      error,
      `The sandbox stores its entities there. Set XDG_STATE_HOME to a folder that you can write.`,
    )
  }

  /** Operations that arrive while others wait for the lock share the next lock and the next write. */
  async function drain(): Promise<void> {
    for (let batch = waiting.splice(0); batch.length > 0; batch = waiting.splice(0)) {
      try {
        await withLock(path, () => carryOut(batch), patient)
      } catch (error) {
        for (const { reject } of batch) reject(explained(error))
      }
    }
    writing = undefined
  }

  async function carryOut(batch: readonly Task[]): Promise<void> {
    const state = await current()
    const changes: Change[] = []
    const acknowledgements: (() => void)[] = []
    for (const { operation, resolve, reject } of batch) {
      try {
        const done = state.cloud.attempt(() => operation(state.cloud))
        changes.push(...done.changes)
        acknowledgements.push(() => resolve(done.result))
      } catch (error) {
        reject(error)
      }
    }
    if (changes.length > 0) {
      try {
        await write(path, state, changes)
        known = { state, version: versionOf(path) }
      } catch (error) {
        // Memory has what the file has not.
        known = undefined
        throw new Fault(507, `The sandbox's state could not be written: ${whyUnreadable(error)}`)
      }
    }
    for (const acknowledge of acknowledgements) acknowledge()
  }

  return {
    read: async (operation) => {
      const { cloud } = await current()
      return cloud.attempt(() => operation(cloud)).result
    },
    update: <T>(operation: (cloud: Cloud) => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ operation, resolve: resolve as (result: unknown) => void, reject })
        writing ??= drain()
      }),
    close: async () => {
      await writing
    },
  }
}

interface Task {
  readonly operation: (cloud: Cloud) => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Forgets everything: the next use starts anew. */
export async function resetFile(path: string): Promise<void> {
  await withLock(path, () => rm(path, { force: true }), patient)
}

interface State {
  readonly cloud: Cloud
  /** Whether the next change can be appended; else the file is written anew. */
  appendable: boolean
  /** How many changes the file holds; much of them is history when there are many more than records. */
  changes: number
}

/** The state before anything was written. */
function seeded(seed: readonly Change[]): State {
  return { cloud: cloudOf([seed]), appendable: false, changes: 0 }
}

async function load(path: string): Promise<State> {
  let text: string
  try {
    text = (await readBytes(path, purposes.practiceCloud)).toString('utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
  const lines = text.split('\n')
  const torn = lines.pop() !== ''
  if (lines.shift() !== magic) {
    throw new ConfigError(`${path} is not a state file of the sandbox`, {
      hint: 'Name another file with --state, or forget this one with: occi sandbox reset',
    })
  }
  try {
    const batches = lines.map(decodeChanges)
    return { cloud: cloudOf(batches), appendable: !torn, changes: batches.flat().length }
  } catch (cause) {
    throw new ConfigError(`${path} is damaged`, { cause, hint: 'Start again with: occi sandbox reset' })
  }
}

/** Puts changes that the cloud has already on disk. Throws when they are not. */
async function write(path: string, state: State, changes: readonly Change[]): Promise<void> {
  state.changes += changes.length
  if (state.appendable && (state.changes < 2000 || state.changes < 4 * state.cloud.size)) {
    const log = openLineLog(path, 'durable')
    try {
      log.append(`${encodeChanges(changes)}\n`)
    } finally {
      log.close()
    }
    return
  }
  const snapshot = state.cloud.snapshot()
  await writeAtomically(path, `${magic}\n${encodeChanges(snapshot)}\n`)
  state.appendable = true
  state.changes = snapshot.length
}

function cloudOf(batches: readonly (readonly Change[])[]): Cloud {
  const cloud = new Cloud()
  for (const changes of batches) for (const change of changes) cloud.apply(change)
  return cloud
}

const absent = 'absent'

/** Differs whenever another process has changed the file. */
function versionOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    if (isMissing(error)) return absent
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The sandbox's state file ${path} cannot be read: ${whyUnreadable(cause)}`, {
    cause,
    hint: 'Check the path and its permissions, or name another file with --state.',
    at: path,
  })
}
