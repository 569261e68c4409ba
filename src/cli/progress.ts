/** Shows progress on stderr. The only module that loads ora. */
import { formatElapsed } from '../basics/amounts.js'
import { sanitize, sanitizeLines } from './output/sanitize.js'
import { spinnerColor } from './output/theme.js'
import { wrapLines } from './output/width.js'
import type { Streams } from './streams.js'

export interface Progress {
  /**
   * Replaces the phase that is shown. `detail` may change often (a state, a count); the elapsed time is added.
   */
  show(phase: string, detail?: string): void
  /**
   * Like `show`, with `done/total`. Until `done` reaches `total`, calls of `show` are ignored, since the phases
   * of concurrent operations would alternate.
   */
  count(phase: string, done: number, total: number): void
  /**
   * Shows that a response is awaited, unless a phase is shown; call the returned function when it has arrived.
   * `text` says what is requested from which server.
   */
  awaiting(text: string): () => void
  /** Prints a permanent line on stderr without disturbing the animation. */
  note(text: string): Promise<void>
  /** Removes the animation until `show` is called again. Call it before printing anything else. */
  stop(): Promise<void>
}

interface ProgressOptions {
  /** The current time in milliseconds; tests pass their own. */
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
    ? withCounts(spinner(streams, now), now, true)
    : withCounts(lines(streams, now), now, false)
}

type ProgressDisplay = Omit<Progress, 'count' | 'awaiting'>

function withCounts(shown: ProgressDisplay, now: () => number, animated: boolean): Progress {
  let isCounting = false
  let startedAt = 0
  let phaseShown = false
  const awaitedTexts = new Set<{ readonly text: string }>()
  const showAwaited = () => {
    const [first] = awaitedTexts
    if (first === undefined) void shown.stop()
    else shown.show(awaitedTexts.size === 1 ? first.text : `${first.text} and ${awaitedTexts.size - 1} more`)
  }
  return {
    ...shown,
    show: (phase, detail) => {
      phaseShown = true
      if (!isCounting) shown.show(phase, detail)
    },
    count: (phase, done, total) => {
      if (!isCounting || done === 0) startedAt = now()
      phaseShown = true
      isCounting = done < total
      shown.show(phase, `${done}/${total}${remaining(now() - startedAt, done, total)}`)
    },
    awaiting: (text) => {
      if (!animated) return repeatNote(shown, text, now)
      const one = { text }
      awaitedTexts.add(one)
      if (!phaseShown) showAwaited()
      return () => {
        awaitedTexts.delete(one)
        if (!phaseShown) showAwaited()
      }
    },
    stop: () => {
      isCounting = false
      phaseShown = false
      return shown.stop()
    },
  }
}

/** Prints the text with the elapsed time every ten seconds. Returns a function that stops it. */
function repeatNote(shown: ProgressDisplay, text: string, now: () => number): () => void {
  const startedAt = now()
  const timer = setInterval(() => {
    void shown.note(sanitize(`${text} (${formatElapsed(now() - startedAt)})`))
  }, repeatInterval)
  timer.unref()
  return () => clearInterval(timer)
}

/** An estimate of the remaining time from the average so far; empty until three are done. */
function remaining(elapsed: number, done: number, total: number): string {
  if (done < 3 || done === total) return ''
  const left = (elapsed / done) * (total - done)
  return left < 5000 ? '' : `, about ${formatElapsed(left)} left`
}

/** Milliseconds before the animation appears, so that fast commands do not flash it. */
const spinnerDelay = 250
const repeatInterval = 10_000

function silent(streams: Streams): Progress {
  return {
    show: () => {},
    count: () => {},
    awaiting: () => () => {},
    note: (text) => writeLine(streams, text),
    stop: async () => {},
  }
}

function lines(streams: Streams, now: () => number): ProgressDisplay {
  let phase: string | undefined
  let since = 0
  let lastReport = 0
  let written: Promise<void> = Promise.resolve()
  const show = (next: string, detail?: string) => {
    const time = now()
    if (next === phase && time - lastReport < repeatInterval) return
    if (next !== phase) since = time
    phase = next
    lastReport = time
    const elapsed = time - since >= 1000 ? ` (${formatElapsed(time - since)})` : ''
    written = written.then(() => writeLine(streams, `${phaseLine(next, detail)}${elapsed}`))
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

function spinner(streams: Streams, now: () => number): ProgressDisplay {
  let phase: string | undefined
  let text = ''
  let since = now()
  /** The number of calls of stop. If it changed while ora was loading, the spinner must not start. */
  let stopCount = 0
  let ora: import('ora').Ora | undefined
  let loading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const elapsed = () => (now() - since >= 1000 ? `(${formatElapsed(now() - since)})` : '')
  const load = async () => {
    const stopCountBefore = stopCount
    const { default: createSpinner } = await import('ora')
    if (stopCountBefore !== stopCount) return
    ora = createSpinner({
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
    text = phaseLine(next, detail)
    if (ora !== undefined) ora.text = text
    timer ??= setTimeout(() => {
      loading = load()
    }, spinnerDelay)
  }
  return {
    show,
    note: async (line) => {
      ora?.clear()
      await writeLine(streams, line)
      ora?.render()
    },
    stop: async () => {
      stopCount += 1
      clearTimeout(timer)
      timer = undefined
      phase = undefined
      ora?.stop()
      ora = undefined
      await loading
    },
  }
}

function phaseLine(phase: string, detail: string | undefined): string {
  return sanitize(detail === undefined || detail === '' ? phase : `${phase}: ${detail}`)
}

/** Ignores errors: a closed standard error must not end the command. */
async function writeLine(streams: Streams, text: string): Promise<void> {
  const { err } = streams
  await err.write(`${wrapLines(sanitizeLines(text), err.width)}\n`).catch(() => {})
}
