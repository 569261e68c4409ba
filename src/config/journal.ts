/**
 * The journal records every request that changes something before it is sent, so that even a killed process
 * leaves a record of its possible changes. A missing, full or corrupt journal never stops a command.
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { type LineLog, openLineLog, purposes, readIfExists } from '../files/index.js'

interface JournalRequest {
  /** In milliseconds since 1970. */
  readonly time: number
  /** The command without its options: `compute create`. */
  readonly command: string
  /** The names in the command's arguments, at most `maxNames`. */
  readonly names?: readonly string[]
  readonly context?: string | undefined
  readonly method: string
  /** The URL, without secrets. */
  readonly url: string
}

export type JournalOutcome = 'done' | 'refused' | 'not-sent' | 'unknown'

export interface JournalResult {
  readonly outcome: JournalOutcome
  readonly status?: number | undefined
  /** The location of the created entity, without secrets. */
  readonly location?: string | undefined
  readonly requestId?: string | undefined
  readonly error?: string | undefined
  readonly milliseconds: number
}

interface JournalEntry extends JournalRequest, Partial<JournalResult> {
  readonly outcome: JournalOutcome
}

interface Journal {
  /**
   * Writes a record of a request before it returns. The returned function records the result, which is written with the
   * next record or soon after: if the process is killed before that, the outcome stays unknown.
   */
  begin(request: JournalRequest): (result: JournalResult) => void
  /** Records how long a wait after a command took, in milliseconds. */
  noteWait(command: string, milliseconds: number): void
  /** Resolves with the median of the last waits after this command, in milliseconds; undefined if there are none. */
  usualWait(command: string): Promise<number | undefined>
  /** Writes results that are still pending. */
  flush(): void
  /** Resolves with all entries, oldest first. Those without a recorded result are `unknown`. Throws ConfigError. */
  read(): Promise<readonly JournalEntry[]>
  readonly file: string
}

/**
 * Opens the journal in `folder` (Folders.state): at most two files of `maxSize` bytes, with mode 0600 and one JSON
 * record per line.
 */
export function openJournal(folder: string, maxSize = defaultMaxSize): Journal {
  const file = join(folder, 'history.jsonl')
  const olderFile = join(folder, 'history.1.jsonl')
  /** Distinguishes the entries of processes. It need not be unpredictable, and loading node:crypto takes time. */
  const processId = `${process.pid.toString(36)}${Math.random().toString(36).slice(2, 10)}`
  let requestCount = 0
  let log: LineLog | undefined
  let pendingLines = ''
  let isFlushScheduled = false
  const write = (lines: string) => {
    try {
      log ??= openLineLog(file, 'quick', { links: 'refuse' })
      if (log.size > maxSize) {
        log.close()
        renameSync(file, olderFile)
        log = openLineLog(file, 'quick', { links: 'refuse' })
      }
      log.append(lines)
    } catch {
      // On a full disk or a read-only home the journal is lost, but the command continues.
    }
  }
  const flush = () => {
    isFlushScheduled = false
    const lines = pendingLines
    pendingLines = ''
    if (lines !== '') write(lines)
  }
  return {
    file,
    flush,
    begin(request) {
      requestCount += 1
      const id = `${processId}-${requestCount}`
      const names = request.names?.slice(0, maxNames)
      const lines = pendingLines + lineOf({ id, ...request, ...(names && { names }) })
      pendingLines = ''
      write(lines)
      return (result) => {
        if (!isFlushScheduled) setImmediate(flush)
        isFlushScheduled = true
        pendingLines += lineOf({ id, ...result })
      }
    },
    noteWait: (waitAfter, milliseconds) => {
      pendingLines += lineOf({ waitAfter, milliseconds })
      flush()
    },
    async usualWait(command) {
      const text = await readIfExists(file, purposes.history).catch(() => '')
      const waits = (text ?? '')
        .split('\n')
        .filter((line) => line.startsWith('{"waitAfter"'))
        .flatMap((line) => waitIn(line, command))
        .slice(-maxWaits)
        .sort((a, b) => a - b)
      return waits[Math.floor(waits.length / 2)]
    },
    async read() {
      flush()
      // A missing file is an empty history, but an unreadable one is an error.
      const texts = await Promise.all([olderFile, file].map((path) => readIfExists(path, purposes.history)))
      return entriesIn(texts.join(''))
    },
  }
}

function lineOf(note: object): string {
  return `${JSON.stringify(note)}\n`
}

function waitIn(line: string, command: string): readonly number[] {
  try {
    const { waitAfter, milliseconds } = JSON.parse(line) as Record<string, unknown>
    return waitAfter === command && typeof milliseconds === 'number' && milliseconds >= 0
      ? [milliseconds]
      : []
  } catch {
    return []
  }
}

/** The number of waits in the median of `usualWait`. */
const maxWaits = 9
/** The number of names recorded for a request. */
const maxNames = 5
/** The size in bytes at which a new file is begun. */
const defaultMaxSize = 1024 * 1024

function entriesIn(text: string): readonly JournalEntry[] {
  const entries = new Map<string, JournalEntry>()
  for (const line of text.split('\n')) {
    const note = noteIn(line)
    if (note === undefined) continue
    const existing = entries.get(note.id)
    if (
      existing === undefined &&
      typeof note.members['method'] === 'string' &&
      typeof note.members['url'] === 'string'
    ) {
      entries.set(note.id, { ...(note.members as unknown as JournalRequest), outcome: 'unknown' })
    } else if (existing !== undefined) {
      entries.set(note.id, { ...existing, ...(note.members as unknown as JournalResult) })
    }
  }
  return [...entries.values()]
}

/** Parses a line with a request or a result; undefined for any other line, such as an incomplete one. */
function noteIn(
  line: string,
): { readonly id: string; readonly members: Record<string, unknown> } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { id, ...members } = JSON.parse(line) as Record<string, unknown>
    const { time, outcome } = members
    if (typeof id !== 'string' || (typeof time !== 'number' && typeof outcome !== 'string')) return undefined
    return { id, members: members }
  } catch {
    return undefined
  }
}
