/**
 * `--watch`: repeats the output. On a terminal it is redrawn in place; in a pipe, and with `-o jsonl`
 * anywhere, each addition, change and removal is printed as it is found.
 */
import { stripVTControlCharacters } from 'node:util'
import {
  NetworkError,
  NotFoundError,
  OcciError,
  ServerError,
  TimeoutError,
  UsageError,
} from '../../errors/errors.js'
import type { Sink, Streams } from '../streams.js'
import { cellValue } from './cell.js'
import { toJson } from './json-text.js'
import { printOutput } from './print.js'
import { formatNamed } from './registry.js'
import { sanitize } from './sanitize.js'
import { createPaint, drawOver } from './theme.js'
import type { Column, Output, OutputOptions, OutputRecord } from './types.js'
import { displayWidth, truncate } from './width.js'

interface WatchOptions {
  /** Milliseconds between two reads; default 2000. */
  readonly interval?: number
  readonly clock: WatchClock
  /** Aborting ends the loop; then watchOutput resolves. */
  readonly signal: AbortSignal
}

/** The part of the client's Clock that is used here. */
interface WatchClock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/**
 * Calls `load` until the signal aborts or the single watched entity is gone. A transient failure (network,
 * timeout, 5xx) is reported and followed by another read; any other error, and every error of the first read,
 * is thrown.
 */
export async function watchOutput(
  load: () => Promise<Output>,
  options: OutputOptions,
  streams: Streams,
  watch: WatchOptions,
): Promise<void> {
  const live = streams.out.terminal && formatNamed(options.format ?? '')?.watches !== 'changes'
  if (!live) refuseEndless(options)
  const first = await snapshot(load)
  if (live) return redraw(first, load, options, streams, watch)
  const found = changes(first, load, streams, watch)
  const columns: readonly Column[] = [
    { key: 'event', heading: 'EVENT', value: 'event' },
    ...first.output.columns.map((column) => ({ ...column, value: inner(column) })),
  ]
  await printOutput({ shape: 'list', records: found, columns, pipeFormat: 'tsv' }, options, streams)
}

/** Refuses options that need all records before the first can be printed. */
function refuseEndless({ sort, query }: OutputOptions): void {
  const option = sort !== undefined ? '--sort' : query !== undefined ? '--query' : undefined
  if (option === undefined) return
  throw new UsageError(`${option} has no meaning for changes that are printed as they come`, {
    hint: 'Use it without --watch, or on a terminal; `jq` takes -o jsonl line by line.',
    at: option,
  })
}

const defaultInterval = 2000

interface Snapshot {
  readonly output: Output
  readonly records: readonly OutputRecord[]
}

async function snapshot(load: () => Promise<Output>): Promise<Snapshot> {
  const output = await load()
  const records: OutputRecord[] = []
  for await (const record of output.records) records.push(record)
  return { output, records }
}

/**
 * The next result; undefined at the end. Transient failures are reported, and the last result stays valid.
 */
async function next(
  before: Snapshot,
  load: () => Promise<Output>,
  watch: WatchOptions,
  tell: (trouble: string | undefined) => Promise<void>,
): Promise<Snapshot | undefined> {
  await watch.clock.sleep(watch.interval ?? defaultInterval, watch.signal).catch(() => {})
  if (watch.signal.aborted) return undefined
  try {
    const now = await snapshot(load)
    await tell(now.output.trouble)
    return now
  } catch (error) {
    if (watch.signal.aborted) return undefined
    if (error instanceof NotFoundError && before.output.shape === 'one') return { ...before, records: [] }
    if (!(error instanceof OcciError) || !mayPass(error)) throw error
    await tell(error.message)
    return before
  }
}

function mayPass(error: OcciError): boolean {
  return error instanceof NetworkError || error instanceof TimeoutError || error instanceof ServerError
}

/**
 * Yields the records of the event stream: `{event, time, record}`. For a removal the record is the last known
 * one.
 */
async function* changes(
  first: Snapshot,
  load: () => Promise<Output>,
  streams: Streams,
  watch: WatchOptions,
): AsyncGenerator<OutputRecord> {
  let known = new Map<string, Seen>()
  let lastMessage: string | undefined
  const tell = async (trouble: string | undefined) => {
    // Reported once, not at every read.
    if (trouble !== undefined && trouble !== lastMessage)
      await streams.err.write(`occi: ${sanitize(trouble)}; still watching\n`)
    lastMessage = trouble
  }
  await tell(first.output.trouble)
  for (let now: Snapshot | undefined = first; now !== undefined; now = await next(now, load, watch, tell)) {
    const time = new Date(watch.clock.now()).toISOString()
    const seen = new Map(now.records.map((record, index) => [keyOf(record, index), see(record)]))
    for (const [key, item] of seen) {
      const before = known.get(key)
      if (before?.json === item.json) continue
      yield eventRecord(before === undefined ? 'added' : 'changed', time, item.record)
    }
    for (const [key, item] of known) if (!seen.has(key)) yield eventRecord('removed', time, item.record)
    known = seen
    if (now.records.length === 0 && now.output.shape === 'one') return
  }
}

interface Seen {
  readonly record: OutputRecord
  readonly json: string
}

function see(record: OutputRecord): Seen {
  return { record, json: toJson(record.data) }
}

function keyOf(record: OutputRecord, index: number): string {
  const key = record.url ?? record.id ?? record.name ?? String(index)
  // Two contexts may lead to the same provider.
  return record.site === undefined ? key : `${record.site} ${key}`
}

interface EventRecord extends OutputRecord {
  readonly inner: OutputRecord
}

function eventRecord(
  event: 'added' | 'changed' | 'removed',
  time: string,
  record: OutputRecord,
): EventRecord {
  return { ...record, data: { event, time, record: record.data }, inner: record }
}

/** Adapts a column of the watched records to the event stream. */
function inner(column: Column): (record: OutputRecord) => unknown {
  return (record) => cellValue('inner' in record ? (record as EventRecord).inner : record, column)
}

async function redraw(
  first: Snapshot,
  load: () => Promise<Output>,
  options: OutputOptions,
  streams: Streams,
  watch: WatchOptions,
): Promise<void> {
  const { out } = streams
  const paint = await createPaint(out.color)
  let drawn = 0
  let trouble = first.output.trouble
  const tell = async (now: string | undefined) => {
    trouble = now
  }
  for (let now: Snapshot | undefined = first; now !== undefined; now = await next(now, load, watch, tell)) {
    const lines = await drawing(now, options, streams)
    const room = Math.max(1, (out.height ?? Number.POSITIVE_INFINITY) - 3)
    const shown = fitting(lines, room, out)
    if (lines.length > shown.length)
      shown.push(paint('secondary', `… and ${lines.length - shown.length} lines more`))
    shown.push(paint(trouble === undefined ? 'secondary' : 'error', footer(trouble, watch, out)))
    await out.write(drawOver(drawn, shown))
    drawn = shown.reduce((sum, line) => sum + rows(line, out), 0)
    if (now.records.length === 0 && now.output.shape === 'one') return
  }
  // The terminal has echoed ^C, so the following text starts on a new line.
  await out.write('\n')
}

/** The lines that fit on the terminal; lines wider than the terminal take several rows. */
function fitting(lines: readonly string[], room: number, out: Sink): string[] {
  let left = room
  const end = lines.findIndex((line) => {
    left -= rows(line, out)
    return left < 0
  })
  return lines.slice(0, end < 0 ? undefined : Math.max(1, end))
}

function rows(line: string, { width }: Sink): number {
  if (width === undefined) return 1
  return Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / width))
}

function footer(trouble: string | undefined, watch: WatchOptions, out: Sink): string {
  const time = new Date(watch.clock.now()).toISOString().slice(11, 19)
  const interval = (watch.interval ?? defaultInterval) / 1000
  const text = trouble === undefined ? `every ${interval} s, Ctrl-C ends` : sanitize(trouble)
  return truncate(`${time} UTC, ${text}`, out.width ?? 80)
}

async function drawing(now: Snapshot, options: OutputOptions, streams: Streams): Promise<readonly string[]> {
  let text = ''
  const write = async (chunk: string) => {
    text += chunk
  }
  const { out } = streams
  const paper: Sink = { write, terminal: out.terminal, color: out.color, width: out.width }
  await printOutput({ ...now.output, records: now.records }, options, { ...streams, out: paper, err: paper })
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
