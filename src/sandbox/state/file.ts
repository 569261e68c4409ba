/**
 * Stores a cloud in a file that several processes can use at the same time. The first line identifies the format. Each
 * further line contains the changes of one or more operations. A line is on disk before its operations are
 * acknowledged, so an acknowledged operation survives kill -9. An unfinished last line was never acknowledged.
 */
import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { ConfigError, withHint } from '../../errors/errors.js'
import {
  isMissing,
  openLineLog,
  purposes,
  readBytes,
  unreadableReason,
  withLock,
  writeAtomically,
} from '../../files/index.js'
import { Fault } from '../fault.js'
import { Cloud } from './cloud.js'
import { type Change, decodeChanges, encodeChanges } from './record.js'
import type { Store } from './store.js'

const formatLine = '{"occi-sandbox":1}'

/**
 * Times in milliseconds. A lock is taken over only if its holder is dead, never because it is old: a slow process may
 * still write, and its changes would be based on a state that is no longer current.
 */
const lockOptions = { timeout: 30_000, staleAfter: Number.POSITIVE_INFINITY }

/** A store in a file. `read` and `update` throw ConfigError when the file is not a state file or cannot be used. */
export function fileStore(path: string, seed: () => readonly Change[]): Store {
  /** The last state that this process read or wrote, and the version of the file at that time. */
  let cached: { readonly state: State; readonly version: string } | undefined
  const queue: Task[] = []
  let draining: Promise<void> | undefined

  async function currentState(): Promise<State> {
    const version = versionOf(path)
    if (cached?.version === version) return cached.state
    const state = version === absentVersion ? seededState(seed()) : await loadState(path)
    cached = { state, version }
    return state
  }

  /** Adds a hint for accounts whose home folder is not writable. */
  function withStateHint(error: unknown): unknown {
    if (!(error instanceof ConfigError) || error.hint !== undefined) return error
    return withHint(
      error,
      `The sandbox stores its entities there. Set XDG_STATE_HOME to a folder in which you can write.`,
    )
  }

  /** Runs the queued operations. Operations that arrive meanwhile share the next lock and the next write. */
  async function drain(): Promise<void> {
    for (let batch = queue.splice(0); batch.length > 0; batch = queue.splice(0)) {
      try {
        await withLock(path, () => runBatch(batch), lockOptions)
      } catch (error) {
        for (const { reject } of batch) reject(withStateHint(error))
      }
    }
    draining = undefined
  }

  async function runBatch(batch: readonly Task[]): Promise<void> {
    const state = await currentState()
    const changes: Change[] = []
    const acknowledgements: (() => void)[] = []
    for (const { operation, resolve, reject } of batch) {
      try {
        const attempted = state.cloud.attempt(() => operation(state.cloud))
        changes.push(...attempted.changes)
        acknowledgements.push(() => resolve(attempted.result))
      } catch (error) {
        reject(error)
      }
    }
    if (changes.length > 0) {
      try {
        await write(path, state, changes)
        cached = { state, version: versionOf(path) }
      } catch (error) {
        // The state in memory has changes that the file lacks, so the file is read again.
        cached = undefined
        throw new Fault(507, `The sandbox's state could not be written: ${unreadableReason(error)}`)
      }
    }
    for (const acknowledge of acknowledgements) acknowledge()
  }

  return {
    read: async (operation) => {
      const { cloud } = await currentState()
      return cloud.attempt(() => operation(cloud)).result
    },
    update: <T>(operation: (cloud: Cloud) => T) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ operation, resolve: resolve as (result: unknown) => void, reject })
        draining ??= drain()
      }),
    close: async () => {
      await draining
    },
  }
}

/** A queued operation, and the functions that settle its promise. */
interface Task {
  readonly operation: (cloud: Cloud) => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Deletes the state file. The next operation starts with the seed. */
export async function resetFile(path: string): Promise<void> {
  await withLock(path, () => rm(path, { force: true }), lockOptions)
}

interface State {
  readonly cloud: Cloud
  /** Whether the next change can be appended. Otherwise, the whole file is rewritten. */
  isAppendable: boolean
  /** Number of changes in the file. */
  changes: number
}

/** The state when there is no file yet. */
function seededState(seed: readonly Change[]): State {
  return { cloud: cloudOf([seed]), isAppendable: false, changes: 0 }
}

async function loadState(path: string): Promise<State> {
  let text: string
  try {
    text = (await readBytes(path, purposes.practiceCloud)).toString('utf8')
  } catch (cause) {
    throw unreadableError(path, cause)
  }
  const lines = text.split('\n')
  const isLastLineTorn = lines.pop() !== ''
  if (lines.shift() !== formatLine) {
    throw new ConfigError(`${path} is not a state file of the sandbox`, {
      hint: 'Choose another file with --state, or delete this one with: occi sandbox reset',
    })
  }
  try {
    const batches = lines.map(decodeChanges)
    return { cloud: cloudOf(batches), isAppendable: !isLastLineTorn, changes: batches.flat().length }
  } catch (cause) {
    throw new ConfigError(`${path} is damaged`, { cause, hint: 'Start again with: occi sandbox reset' })
  }
}

/**
 * Writes changes that the cloud in memory already has to the file. A file with many more changes than the cloud has
 * records is rewritten. Throws the error of the file system.
 */
async function write(path: string, state: State, changes: readonly Change[]): Promise<void> {
  state.changes += changes.length
  const isBloated = state.changes >= 2000 && state.changes >= 4 * state.cloud.size
  if (state.isAppendable && !isBloated) {
    const log = openLineLog(path, 'durable')
    try {
      log.append(`${encodeChanges(changes)}\n`)
    } finally {
      log.close()
    }
    return
  }
  const snapshot = state.cloud.snapshot()
  await writeAtomically(path, `${formatLine}\n${encodeChanges(snapshot)}\n`)
  state.isAppendable = true
  state.changes = snapshot.length
}

function cloudOf(batches: readonly (readonly Change[])[]): Cloud {
  const cloud = new Cloud()
  for (const changes of batches) for (const change of changes) cloud.apply(change)
  return cloud
}

const absentVersion = 'absent'

/** A text that identifies the content of the file, and differs after each write of any process. */
function versionOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    if (isMissing(error)) return absentVersion
    throw unreadableError(path, error)
  }
}

function unreadableError(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The sandbox's state file ${path} cannot be read: ${unreadableReason(cause)}`, {
    cause,
    hint: 'Check the path and its permissions, or choose another file with --state.',
    at: path,
  })
}
