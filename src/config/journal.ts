/**
 * The journal: every request that changes something, on disk before it is sent, so that even a process that
 * is killed leaves a trace of what it may have done. Losing, filling or corrupting it never stops a command.
 */
import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PRIVATE_FILE, PRIVATE_FOLDER } from './files.js'

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
  /** Notes what is about to be sent; the answer notes how it ended. */
  begin(request: JournalRequest): Promise<(result: JournalResult) => Promise<void>>
  /** Oldest first. A request whose end was never noted has the outcome `unknown`. */
  read(): Promise<readonly JournalEntry[]>
  readonly file: string
}

/** Below `folder` (Folders.state): a line a note, mode 0600, at most two files of `largest` bytes. */
export function openJournal(folder: string, largest = LARGEST): Journal {
  const file = join(folder, 'history.jsonl')
  const older = join(folder, 'history.1.jsonl')
  const append = async (note: object) => {
    try {
      await mkdir(dirname(file), { recursive: true, mode: PRIVATE_FOLDER })
      const size = await stat(file).then(
        (found) => found.size,
        () => 0,
      )
      if (size > largest) await rename(file, older)
      // One write of one line in append mode: lines of several processes do not mix.
      await appendFile(file, `${JSON.stringify(note)}\n`, { mode: PRIVATE_FILE })
    } catch {
      // A full disk or a read-only home costs the journal, not the command.
    }
  }
  return {
    file,
    async begin(request) {
      const id = randomBytes(6).toString('hex')
      await append({ id, ...request })
      return (result) => append({ id, ...result })
    },
    async read() {
      const texts = await Promise.all([older, file].map((each) => readFile(each, 'utf8').catch(() => '')))
      return entriesIn(texts.join(''))
    },
  }
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
