/**
 * The journal: every request that changes something, on disk before it is sent, so that even a process that
 * is killed leaves a trace of what it may have done. Losing, filling or corrupting it never stops a command.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { purposes, readBytes } from '../files/index.js'
import { errorCode, fileError, PRIVATE_FILE, PRIVATE_FOLDER } from './files.js'

export interface JournalRequest {
  /** Milliseconds since 1970. */
  readonly time: number
  /** The words of the command, without options: `compute create`. */
  readonly command: string
  readonly context?: string | undefined
  readonly method: string
  /** Without secrets. */
  readonly url: string
}

export type JournalOutcome = 'done' | 'refused' | 'not-sent' | 'unknown'

export interface JournalResult {
  readonly outcome: JournalOutcome
  readonly status?: number | undefined
  /** Of what was created. Without secrets. */
  readonly location?: string | undefined
  readonly requestId?: string | undefined
  readonly error?: string | undefined
  readonly milliseconds: number
}

export interface JournalEntry extends JournalRequest, Partial<JournalResult> {
  readonly outcome: JournalOutcome
}

export interface Journal {
  /**
   * Notes what is about to be sent, on disk when this returns; the answer notes how it ended, with the next
   * note or soon: a process that is killed in between leaves the outcome open, as it would a moment earlier.
   */
  begin(request: JournalRequest): (result: JournalResult) => void
  /** Writes what `begin` has left for later. */
  flush(): void
  /** Oldest first. A request whose end was never noted has the outcome `unknown`. Throws ConfigError. */
  read(): Promise<readonly JournalEntry[]>
  readonly file: string
}

/** Below `folder` (Folders.state): a line a note, mode 0600, at most two files of `largest` bytes. */
export function openJournal(folder: string, largest = LARGEST): Journal {
  const file = join(folder, 'history.jsonl')
  const older = join(folder, 'history.1.jsonl')
  /** Tells the notes of two processes apart, no more; node:crypto takes time to load. */
  const run = `${process.pid.toString(36)}${Math.random().toString(36).slice(2, 10)}`
  let count = 0
  let open: { readonly fd: number; size: number } | undefined
  const opened = () => {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK = 0 } = constants
    // Without O_NONBLOCK a FIFO in its place would hold the command for ever.
    const fd = openSync(file, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, PRIVATE_FILE)
    return { fd, size: fstatSync(fd).size }
  }
  let waiting = ''
  let scheduled = false
  /** Synchronous: it takes microseconds, and a bulk command writes thousands. */
  const write = (lines: string) => {
    try {
      open ??= opened()
      if (open.size > largest) {
        closeSync(open.fd)
        renameSync(file, older)
        open = opened()
      }
      // One write of whole lines in append mode: lines of several processes do not mix.
      open.size += writeSync(open.fd, lines)
    } catch {
      // A full disk or a read-only home costs the journal, not the command.
    }
  }
  const flush = () => {
    scheduled = false
    const lines = waiting
    waiting = ''
    if (lines !== '') write(lines)
  }
  return {
    file,
    flush,
    begin(request) {
      count += 1
      const id = `${run}-${count}`
      const lines = waiting + lineOf({ id, ...request })
      waiting = ''
      write(lines)
      return (result) => {
        if (!scheduled) setImmediate(flush)
        scheduled = true
        waiting += lineOf({ id, ...result })
      }
    },
    async read() {
      flush()
      return entriesIn((await Promise.all([older, file].map(textOf))).join(''))
    },
  }
}

function lineOf(note: object): string {
  return `${JSON.stringify(note)}\n`
}

function textOf(file: string): Promise<string> {
  return readBytes(file, purposes.history).then(
    (bytes) => bytes.toString('utf8'),
    (cause) => {
      const code = errorCode(cause)
      if (code === 'ENOENT' || code === 'ENOTDIR') return ''
      // An empty history would say that nothing was changed.
      throw fileError('read', file, cause)
    },
  )
}

const LARGEST = 1024 * 1024

function entriesIn(text: string): readonly JournalEntry[] {
  const entries = new Map<string, JournalEntry>()
  for (const line of text.split('\n')) {
    const note = noteIn(line)
    if (note === undefined) continue
    const begun = entries.get(note.id)
    if (
      begun === undefined &&
      typeof note.rest['method'] === 'string' &&
      typeof note.rest['url'] === 'string'
    ) {
      entries.set(note.id, { ...(note.rest as unknown as JournalRequest), outcome: 'unknown' })
    } else if (begun !== undefined) {
      entries.set(note.id, { ...begun, ...(note.rest as unknown as JournalResult) })
    }
  }
  return [...entries.values()]
}

/** Undefined for what is no note of ours: a torn line, or garbage. */
function noteIn(line: string): { readonly id: string; readonly rest: Record<string, unknown> } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { id, ...rest } = JSON.parse(line) as Record<string, unknown>
    const { time, outcome } = rest
    if (typeof id !== 'string' || (typeof time !== 'number' && typeof outcome !== 'string')) return undefined
    return { id, rest }
  } catch {
    return undefined
  }
}
