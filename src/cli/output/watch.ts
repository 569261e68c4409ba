/**
 * `--watch`: repeats a command and shows changes. On a terminal the output is redrawn in place. In a pipe, and with
 * `-o jsonl` also on a terminal, each addition, change and removal is printed as a record.
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
import { createPaint, redrawLines } from './theme.js'
import type { Column, Output, OutputOptions, OutputRecord } from './types.js'
import { displayWidth, truncate } from './width.js'

interface WatchOptions {
  /** Milliseconds between two polls; default 2000. */
  readonly interval?: number
  readonly clock: WatchClock
  /** Ends the loop, so that watchOutput resolves. */
  readonly signal: AbortSignal
}

/** The part of the client's Clock that watching needs. */
interface WatchClock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/**
 * Calls `load` and shows its output, until the signal aborts or the single watched entity no longer exists. Transient
 * failures (network, timeout, 5xx) are shown, and polling continues. Throws other errors, and every error of the first
 * poll.
 */
export async function watchOutput(
  load: () => Promise<Output>,
  options: OutputOptions,
  streams: Streams,
  watch: WatchOptions,
): Promise<void> {
  const redraws = streams.out.terminal && formatNamed(options.format ?? '')?.watches !== 'changes'
  if (!redraws) checkStreamable(options)
  const first = await takeSnapshot(load)
  if (redraws) return redraw(first, load, options, streams, watch)
  const events = changeEvents(first, load, streams, watch)
  const columns: readonly Column[] = [
    { key: 'event', heading: 'EVENT', value: 'event' },
    ...first.output.columns.map((column) => ({ ...column, value: watchedColumn(column) })),
  ]
  await printOutput({ shape: 'list', records: events, columns, pipeFormat: 'tsv' }, options, streams)
}

/** Throws UsageError for options that need all records before the first can be printed. */
function checkStreamable({ sort, query }: OutputOptions): void {
  const option = sort !== undefined ? '--sort' : query !== undefined ? '--query' : undefined
  if (option === undefined) return
  throw new UsageError(`${option} cannot be used when --watch prints changes as they occur`, {
    hint: 'Omit --watch, or filter the lines of -o jsonl with `jq`. On a terminal, a format other than jsonl also works.',
    at: option,
  })
}

/** Milliseconds. */
const defaultInterval = 2000

/** The result of one poll. */
interface Snapshot {
  readonly output: Output
  readonly records: readonly OutputRecord[]
}

async function takeSnapshot(load: () => Promise<Output>): Promise<Snapshot> {
  const output = await load()
  const records: OutputRecord[] = []
  for await (const record of output.records) records.push(record)
  return { output, records }
}

/**
 * Waits for the interval and polls again. Reports a transient failure and returns the previous result. Returns
 * undefined when the signal has aborted.
 */
async function nextSnapshot(
  previous: Snapshot,
  load: () => Promise<Output>,
  watch: WatchOptions,
  reportWarning: (warning: string | undefined) => Promise<void>,
): Promise<Snapshot | undefined> {
  await watch.clock.sleep(watch.interval ?? defaultInterval, watch.signal).catch(() => {})
  if (watch.signal.aborted) return undefined
  try {
    const snapshot = await takeSnapshot(load)
    await reportWarning(snapshot.output.warning)
    return snapshot
  } catch (error) {
    if (watch.signal.aborted) return undefined
    if (error instanceof NotFoundError && previous.output.shape === 'one') return { ...previous, records: [] }
    if (!(error instanceof OcciError) || !isTransient(error)) throw error
    await reportWarning(error.message)
    return previous
  }
}

function isTransient(error: OcciError): boolean {
  return error instanceof NetworkError || error instanceof TimeoutError || error instanceof ServerError
}

/** Yields an event for each change: `{event, time, record}`. The event of a removal contains the last known record. */
async function* changeEvents(
  first: Snapshot,
  load: () => Promise<Output>,
  streams: Streams,
  watch: WatchOptions,
): AsyncGenerator<OutputRecord> {
  let previousRecords = new Map<string, WatchedRecord>()
  let lastWarning: string | undefined
  const reportWarning = async (warning: string | undefined) => {
    // A warning is printed once, not at every poll.
    if (warning !== undefined && warning !== lastWarning)
      await streams.err.write(`occi: ${sanitize(warning)}; still watching\n`)
    lastWarning = warning
  }
  await reportWarning(first.output.warning)
  for (
    let snapshot: Snapshot | undefined = first;
    snapshot !== undefined;
    snapshot = await nextSnapshot(snapshot, load, watch, reportWarning)
  ) {
    const time = new Date(watch.clock.now()).toISOString()
    const currentRecords = new Map(
      snapshot.records.map((record, index) => [keyOf(record, index), watchedRecord(record)]),
    )
    for (const [key, { record, json }] of currentRecords) {
      const previous = previousRecords.get(key)
      if (previous?.json === json) continue
      yield eventRecord(previous === undefined ? 'added' : 'changed', time, record)
    }
    for (const [key, { record }] of previousRecords)
      if (!currentRecords.has(key)) yield eventRecord('removed', time, record)
    previousRecords = currentRecords
    if (isGone(snapshot)) return
  }
}

/** Whether the single watched entity no longer exists. */
function isGone({ records, output }: Snapshot): boolean {
  return records.length === 0 && output.shape === 'one'
}

interface WatchedRecord {
  readonly record: OutputRecord
  /** The data as JSON, to detect changes. */
  readonly json: string
}

function watchedRecord(record: OutputRecord): WatchedRecord {
  return { record, json: toJson(record.data) }
}

function keyOf(record: OutputRecord, index: number): string {
  const key = record.url ?? record.id ?? record.name ?? String(index)
  // Two contexts may name the same provider, so the URL alone is not unique.
  return record.site === undefined ? key : `${record.site} ${key}`
}

interface EventRecord extends OutputRecord {
  readonly watched: OutputRecord
}

function eventRecord(
  event: 'added' | 'changed' | 'removed',
  time: string,
  record: OutputRecord,
): EventRecord {
  return { ...record, data: { event, time, record: record.data }, watched: record }
}

/** Adapts a column of the watched records to event records. */
function watchedColumn(column: Column): (record: OutputRecord) => unknown {
  return (record) => cellValue('watched' in record ? (record as EventRecord).watched : record, column)
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
  let linesDrawn = 0
  let warning = first.output.warning
  const reportWarning = async (newWarning: string | undefined) => {
    warning = newWarning
  }
  for (
    let snapshot: Snapshot | undefined = first;
    snapshot !== undefined;
    snapshot = await nextSnapshot(snapshot, load, watch, reportWarning)
  ) {
    const lines = await renderedLines(snapshot, options, streams)
    const availableRows = Math.max(1, (out.height ?? Number.POSITIVE_INFINITY) - reservedRows)
    const screen = linesThatFit(lines, availableRows, out)
    if (lines.length > screen.length)
      screen.push(paint('secondary', `… and ${lines.length - screen.length} more lines`))
    screen.push(paint(warning === undefined ? 'secondary' : 'error', footer(warning, watch, out)))
    await out.write(redrawLines(linesDrawn, screen))
    linesDrawn = screen.reduce((sum, line) => sum + rowCount(line, out), 0)
    if (isGone(snapshot)) return
  }
  // The terminal has echoed ^C, so the next text starts on a new line.
  await out.write('\n')
}

/** Rows for the line about omitted lines, the footer, and the cursor. */
const reservedRows = 3

/** The lines that fit on the terminal. Lines wider than the terminal take several rows. */
function linesThatFit(lines: readonly string[], availableRows: number, out: Sink): string[] {
  let remaining = availableRows
  const end = lines.findIndex((line) => {
    remaining -= rowCount(line, out)
    return remaining < 0
  })
  return lines.slice(0, end < 0 ? undefined : Math.max(1, end))
}

function rowCount(line: string, { width }: Sink): number {
  if (width === undefined) return 1
  return Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / width))
}

function footer(warning: string | undefined, watch: WatchOptions, out: Sink): string {
  const time = new Date(watch.clock.now()).toISOString().slice(11, 19)
  const interval = (watch.interval ?? defaultInterval) / 1000
  const text = warning === undefined ? `every ${interval} s, Ctrl-C to stop` : sanitize(warning)
  return truncate(`${time} UTC, ${text}`, out.width ?? 80)
}

async function renderedLines(
  { output, records }: Snapshot,
  options: OutputOptions,
  streams: Streams,
): Promise<readonly string[]> {
  let text = ''
  const write = async (chunk: string) => {
    text += chunk
  }
  const { out } = streams
  const buffer: Sink = { write, terminal: out.terminal, color: out.color, width: out.width }
  await printOutput({ ...output, records }, options, {
    ...streams,
    out: buffer,
    err: buffer,
  })
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
