/** Shows progress on stderr. The only module that loads ora. */
import { formatElapsed } from '../basics/amounts.js'
import { sanitize, sanitizeLines } from './output/sanitize.js'
import { spinnerColor } from './output/theme.js'
import { wrapLines } from './output/width.js'
import type { Streams } from './streams.js'

export interface Progress {
  /**
   * Shows the current phase in place of the previous one. `detail` may change often (a state, a count); the
   * elapsed time is added.
   */
  show(phase: string, detail?: string): void
  /**
   * Like `show`, with `done/total`. Phases of single entities are hidden meanwhile, since they would
   * alternate.
   */
  count(phase: string, done: number, total: number): void
  /**
   * Shows that an answer is awaited, while no phase is shown; the returned function ends it. `text` says what is
   * asked of whom.
   */
  awaiting(text: string): () => void
  /** Prints a permanent line on stderr without disturbing the animation. */
  note(text: string): Promise<void>
  /** Removes the animation until `show` is called again. Call it before anything else is printed. */
  stop(): Promise<void>
}

interface ProgressOptions {
  /** Milliseconds; for tests. */
  readonly now?: () => number
}

/**
 * An animation on a terminal, a line per phase (and one every 10 s) in CI and on dumb terminals, nothing in a
 * pipe, as streams.progress decides.
 */
export function createProgress(streams: Streams, options: ProgressOptions = {}): Progress {
  const now = options.now ?? Date.now
  const style = streams.progress
  if (style === 'none') return silent(streams)
  // On a terminal without a width (script, some containers) ora would erase lines forever.
  const narrow = streams.errStream.columns === 0
  return style === 'spinner' && !narrow
    ? counting(spinner(streams, now), now, true)
    : counting(lines(streams, now), now, false)
}

type Shown = Omit<Progress, 'count' | 'awaiting'>

function counting(shown: Shown, now: () => number, animated: boolean): Progress {
  let counted = false
  let begun = 0
  let phaseShown = false
  const awaited = new Set<{ readonly text: string }>()
  const showAwaited = () => {
    const [first] = awaited
    if (first === undefined) void shown.stop()
    else shown.show(awaited.size === 1 ? first.text : `${first.text} and ${awaited.size - 1} more`)
  }
  return {
    ...shown,
    show: (phase, detail) => {
      phaseShown = true
      if (!counted) shown.show(phase, detail)
    },
    count: (phase, done, total) => {
      if (!counted || done === 0) begun = now()
      phaseShown = true
      counted = done < total
      shown.show(phase, `${done}/${total}${remaining(now() - begun, done, total)}`)
    },
    awaiting: (text) => {
      if (!animated) return repeating(shown, text, now)
      const one = { text }
      awaited.add(one)
      if (!phaseShown) showAwaited()
      return () => {
        awaited.delete(one)
        if (!phaseShown) showAwaited()
      }
    },
    stop: () => {
      counted = false
      phaseShown = false
      return shown.stop()
    },
  }
}

/** A line with the elapsed time every ten seconds. */
function repeating(shown: Shown, text: string, now: () => number): () => void {
  const begun = now()
  const timer = setInterval(() => {
    void shown.note(sanitize(`${text} (${formatElapsed(now() - begun)})`))
  }, repeatLine)
  timer.unref()
  return () => clearInterval(timer)
}

/** The time that the rest will take, by what was done so far; nothing before the first three. */
function remaining(elapsed: number, done: number, total: number): string {
  if (done < 3 || done === total) return ''
  const left = (elapsed / done) * (total - done)
  return left < 5000 ? '' : `, about ${formatElapsed(left)} left`
}

/** Milliseconds before the animation appears, since a short flash would only distract. */
const delay = 250
const repeatLine = 10_000

function silent(streams: Streams): Progress {
  return {
    show: () => {},
    count: () => {},
    awaiting: () => () => {},
    note: (text) => writeLine(streams, text),
    stop: async () => {},
  }
}

function lines(streams: Streams, now: () => number): Shown {
  let phase: string | undefined
  let since = 0
  let lastReport = 0
  let written: Promise<void> = Promise.resolve()
  const show = (next: string, detail?: string) => {
    const time = now()
    if (next === phase && time - lastReport < repeatLine) return
    if (next !== phase) since = time
    phase = next
    lastReport = time
    const elapsed = time - since >= 1000 ? ` (${formatElapsed(time - since)})` : ''
    written = written.then(() => writeLine(streams, `${join(next, detail)}${elapsed}`))
  }
  return {
    show,
    note: (text) => {
      written = written.then(() => writeLine(streams, text))
      return written
    },
    stop: () => written,
  }
}

function spinner(streams: Streams, now: () => number): Shown {
  let phase: string | undefined
  let text = ''
  let since = now()
  /** Counts calls of stop: a phase that began before one must not appear after it. */
  let turn = 0
  let ora: import('ora').Ora | undefined
  let loading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const elapsed = () => (now() - since >= 1000 ? `(${formatElapsed(now() - since)})` : '')
  const load = async () => {
    const mine = turn
    const { default: make } = await import('ora')
    if (mine !== turn) return
    ora = make({
      text,
      suffixText: elapsed,
      stream: streams.errStream,
      // streams.ts has decided that stderr is a terminal. Stdin is left alone, since the command may read it.
      isEnabled: true,
      discardStdin: false,
      color: streams.err.color ? spinnerColor : false,
    }).start()
  }
  const show = (next: string, detail?: string) => {
    if (next !== phase) since = now()
    phase = next
    text = join(next, detail)
    if (ora !== undefined) ora.text = text
    timer ??= setTimeout(() => {
      loading = load()
    }, delay)
  }
  return {
    show,
    note: async (line) => {
      ora?.clear()
      await writeLine(streams, line)
      ora?.render()
    },
    stop: async () => {
      turn += 1
      clearTimeout(timer)
      timer = undefined
      phase = undefined
      ora?.stop()
      ora = undefined
      await loading
    },
  }
}

function join(phase: string, detail: string | undefined): string {
  return sanitize(detail === undefined || detail === '' ? phase : `${phase}: ${detail}`)
}

/** A closed stderr does not stop the command. */
async function writeLine(streams: Streams, text: string): Promise<void> {
  const { err } = streams
  await err.write(`${wrapLines(sanitizeLines(text), err.width)}\n`).catch(() => {})
}
