/**
 * The state of a stack: a JSON file beside the stack file with the locations of the created resources, without their
 * attributes. It is written before and after each request that changes something, so that an interrupted apply can be
 * continued.
 */
import { unlinkSync } from 'node:fs'
import { isRecord } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import { fileError, isMissing, purposes, readIfExists, withLock, writeAtomically } from '../files/index.js'
import type { TypeId } from '../model/index.js'

/** The location of one resource, and the operation on it that has not ended. */
export interface StateRecord {
  /** The context; empty for the effective one. */
  readonly site: string
  /** Identifier of its kind; empty for a link whose kind is not known. */
  readonly kind: TypeId | ''
  /** The title by which it is searched while its URL is not known. */
  readonly title: string
  /** Absent if it is not known whether it was created. */
  readonly url?: string
  /** The operation that was started when this was written, and whose outcome is not known. */
  readonly doing?: 'create' | 'update' | 'delete'
  /** Addresses of the resources that it depends on. */
  readonly needs: readonly string[]
  /** URLs to which apply linked it. */
  readonly links?: readonly string[]
  /** The URLs of the source and target of a link. */
  readonly ends?: readonly string[]
}

/** Records by address: `web`, `web[0]`. */
export type StateRecords = ReadonlyMap<string, StateRecord>

/** The state, open for changes. */
export interface StateStore {
  readonly records: StateRecords
  /** Sets a record; undefined removes it. Resolves when the change is on the disk. Throws ConfigError. */
  set(address: string, record: StateRecord | undefined): Promise<void>
}

/** The name of the state file of a stack: `.NAME.occi-state.json`. */
export function stateFileName(stack: string): string {
  return `.${stack}.occi-state.json`
}

/**
 * Reads the records of a state file. There are none if the file does not exist. Throws ConfigError for another stack's
 * state.
 */
export async function readState(file: string, stack: string): Promise<StateRecords> {
  const text = await readIfExists(file, purposes.stackState)
  if (text === undefined || text.trim() === '') return new Map()
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw damagedError(file, cause)
  }
  if (!isRecord(data) || !isRecord(data['resources']) || typeof data['stack'] !== 'string')
    throw damagedError(file)
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
    Object.entries(data['resources']).map(([address, record]) => [address, recordFrom(record, file)]),
  )
}

/** The version of the file format. */
const version = 1

function damagedError(file: string, cause?: unknown): ConfigError {
  return new ConfigError(`${file} is not the state of a stack: it is damaged.`, {
    at: file,
    hint: 'Move it away; "occi stack apply --adopt" finds existing resources by their titles.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The record in the data of a state file. Throws ConfigError if it is invalid. */
function recordFrom(value: unknown, file: string): StateRecord {
  if (!isRecord(value)) throw damagedError(file)
  const { site, kind, title, url, doing, needs, links, ends } = value
  const isTextList = (list: unknown): list is readonly string[] =>
    Array.isArray(list) && list.every((item) => typeof item === 'string')
  const isValid =
    typeof site === 'string' &&
    typeof kind === 'string' &&
    typeof title === 'string' &&
    (url === undefined || (typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url))) &&
    (doing === undefined || doing === 'create' || doing === 'update' || doing === 'delete') &&
    isTextList(needs) &&
    (links === undefined || isTextList(links)) &&
    (ends === undefined || (isTextList(ends) && ends.length === 2))
  if (!isValid) throw damagedError(file)
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

/** Prints the records in the order of their addresses, so that version control shows only what changed. */
function printState(stack: string, records: StateRecords): string {
  const resources = Object.fromEntries([...records].sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ version, stack, resources }, undefined, 1)}\n`
}

/**
 * Runs `work` with the state, which no other process can change meanwhile. Throws ConfigError if another process keeps
 * the state locked for longer than `timeout` milliseconds.
 */
export function withState<T>(
  file: string,
  stack: string,
  timeout: number,
  work: (store: StateStore) => Promise<T>,
): Promise<T> {
  return withLock(file, async () => work(openStore(file, stack, new Map(await readState(file, stack)))), {
    timeout,
    staleAfter: Number.POSITIVE_INFINITY,
  })
}

/**
 * Opens the state. Changes in the same turn of the event loop are written together, since each write waits for the
 * disk.
 */
function openStore(file: string, stack: string, records: Map<string, StateRecord>): StateStore {
  let pendingWrite: Promise<void> | undefined
  const write = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    pendingWrite = undefined
    if (records.size > 0) await writeAtomically(file, printState(stack, records))
    else removeFile(file)
  }
  return {
    records,
    set(address, record) {
      if (record === undefined) records.delete(address)
      else records.set(address, record)
      pendingWrite ??= write()
      return pendingWrite
    },
  }
}

function removeFile(file: string): void {
  try {
    unlinkSync(file)
  } catch (cause) {
    if (!isMissing(cause)) throw fileError('remove', file, cause)
  }
}
