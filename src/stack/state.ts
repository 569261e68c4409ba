/**
 * What a stack has created: a JSON file beside the stack file, with the places of the resources and nothing else of
 * them. It is written before and after each request that changes something, so that an interrupted apply can be
 * continued.
 */
import { unlinkSync } from 'node:fs'
import { isRecord } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import { fileError, isMissing, purposes, readIfExists, withLock, writeAtomically } from '../files/index.js'
import type { TypeId } from '../model/index.js'

/** Where one resource is, and what was being done with it. */
export interface StateRecord {
  /** The context; empty for the one in force. */
  readonly site: string
  /** Identifier of its kind; empty where it is not known, of links. */
  readonly kind: TypeId | ''
  /** The title under which it is looked for while its URL is not known. */
  readonly title: string
  /** Absent while it is not known whether it was created. */
  readonly url?: string
  /** What was being done when this was written; its outcome is not known. */
  readonly doing?: 'create' | 'update' | 'delete'
  /** Addresses of the resources that it needs. */
  readonly needs: readonly string[]
  /** URLs to which apply linked it. */
  readonly links?: readonly string[]
  /** Of a link: the URLs of source and target. */
  readonly ends?: readonly string[]
}

/** By address: `web`, `web[0]`. */
export type StateRecords = ReadonlyMap<string, StateRecord>

/** The state while it is changed. */
export interface StateStore {
  readonly records: StateRecords
  /** Resolves when it is on the disk; undefined removes the record. Throws ConfigError. */
  set(address: string, record: StateRecord | undefined): Promise<void>
}

/** `.NAME.occi-state.json`. */
export function stateFileName(stack: string): string {
  return `.${stack}.occi-state.json`
}

/** The records of a state file; none where there is no file. Throws ConfigError for what is no state of this stack. */
export async function readState(file: string, stack: string): Promise<StateRecords> {
  const text = await readIfExists(file, purposes.stackState)
  if (text === undefined || text.trim() === '') return new Map()
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw damaged(file, cause)
  }
  if (!isRecord(data) || !isRecord(data['resources']) || typeof data['stack'] !== 'string')
    throw damaged(file)
  if (data['version'] !== version) {
    throw new ConfigError(`${file} was written by another version of occi (its format is not ${version}).`, {
      at: file,
      hint: 'Use that version, or name another file with --state.',
    })
  }
  if (data['stack'] !== stack) {
    throw new ConfigError(
      `${file} is the state of the stack "${data['stack'].slice(0, 80)}", not of "${stack}".`,
      {
        at: file,
        hint: 'Name the right file with --state.',
      },
    )
  }
  return new Map(
    Object.entries(data['resources']).map(([address, record]) => [address, recordIn(record, file)]),
  )
}

const version = 1

function damaged(file: string, cause?: unknown): ConfigError {
  return new ConfigError(`${file} is not the state of a stack: it is damaged.`, {
    at: file,
    hint: 'Move it away; "occi stack apply --adopt" finds what is there by its titles.',
    ...(cause === undefined ? {} : { cause }),
  })
}

function recordIn(value: unknown, file: string): StateRecord {
  if (!isRecord(value)) throw damaged(file)
  const { site, kind, title, url, doing, needs, links, ends } = value
  const texts = (list: unknown): list is readonly string[] =>
    Array.isArray(list) && list.every((one) => typeof one === 'string')
  const right =
    typeof site === 'string' &&
    typeof kind === 'string' &&
    typeof title === 'string' &&
    (url === undefined || (typeof url === 'string' && /^https?:\/\//.test(url))) &&
    (doing === undefined || doing === 'create' || doing === 'update' || doing === 'delete') &&
    texts(needs) &&
    (links === undefined || texts(links)) &&
    (ends === undefined || (texts(ends) && ends.length === 2))
  if (!right) throw damaged(file)
  return {
    site,
    kind: kind as TypeId,
    title,
    needs,
    ...(url === undefined ? {} : { url }),
    ...(doing === undefined ? {} : { doing }),
    ...(links === undefined ? {} : { links }),
    ...(ends === undefined ? {} : { ends }),
  }
}

/** Members in a fixed order, so that a version control shows what changed. */
function printState(stack: string, records: StateRecords): string {
  const resources = Object.fromEntries([...records].sort(([one], [other]) => (one < other ? -1 : 1)))
  return `${JSON.stringify({ version, stack, resources }, undefined, 1)}\n`
}

/**
 * Runs `work` with the state while no other process changes it. Throws ConfigError when another one has it for longer
 * than `patience` milliseconds.
 */
export function withState<T>(
  file: string,
  stack: string,
  patience: number,
  work: (store: StateStore) => Promise<T>,
): Promise<T> {
  return withLock(file, async () => work(openStore(file, stack, new Map(await readState(file, stack)))), {
    timeout: patience,
    staleAfter: Number.POSITIVE_INFINITY,
  })
}

/** Changes that come at the same time are written together, since each write waits for the disk. */
function openStore(file: string, stack: string, records: Map<string, StateRecord>): StateStore {
  let next: Promise<void> | undefined
  const write = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    next = undefined
    if (records.size > 0) await writeAtomically(file, printState(stack, records))
    else remove(file)
  }
  return {
    records,
    set(address, record) {
      if (record === undefined) records.delete(address)
      else records.set(address, record)
      next ??= write()
      return next
    },
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch (cause) {
    if (!isMissing(cause)) throw fileError('remove', file, cause)
  }
}
