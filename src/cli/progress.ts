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
   * Shows that a response is awaited: in the animation unless a phase is shown, otherwise as a line every 10 s. Call
   * the returned function when it has arrived. `text` says what is requested from which server.
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
 * Creates the display that streams.progress selects: an animation on a terminal, a line for each phase (and one
 * every 10 s) in CI and on dumb terminals, nothing in a pipe.
 */
export function createProgress(streams: Streams, options: ProgressOptions = {}): Progress {
  const now = options.now ?? Date.now
  const style = streams.progress
  if (style === 'none') return silentProgress(streams)
  // On a terminal without a width (script, some containers) ora would erase lines forever.
  const hasWidth = streams.errStream.columns !== 0
  const animated = style === 'spinner' && hasWidth
  return withCounts(animated ? spinnerDisplay(streams, now) : lineDisplay(streams, now), { now, animated })
}

type ProgressDisplay = Omit<Progress, 'count' | 'awaiting'>

/** Adds counts and waiting to a display. */
function withCounts(
  display: ProgressDisplay,
  { now, animated }: { readonly now: () => number; readonly animated: boolean },
): Progress {
  let isCounting = false
  let countStart = 0
  let phaseShown = false
  const awaitedTexts = new Set<{ readonly text: string }>()
  const showAwaited = () => {
    const [oldest] = awaitedTexts
    if (oldest === undefined) void display.stop()
    else
      display.show(awaitedTexts.size === 1 ? oldest.text : `${oldest.text} and ${awaitedTexts.size - 1} more`)
  }
  return {
    ...display,
    show: (phase, detail) => {
      phaseShown = true
      if (!isCounting) display.show(phase, detail)
    },
    count: (phase, done, total) => {
      if (!isCounting || done === 0) countStart = now()
      phaseShown = true
      isCounting = done < total
      display.show(phase, `${done}/${total}${remainingText(now() - countStart, done, total)}`)
    },
    awaiting: (text) => {
      if (!animated) return repeatNote(display, text, now)
      const entry = { text }
      awaitedTexts.add(entry)
      if (!phaseShown) showAwaited()
      return () => {
        awaitedTexts.delete(entry)
        if (!phaseShown) showAwaited()
      }
    },
    stop: () => {
      isCounting = false
      phaseShown = false
      return display.stop()
    },
  }
}

/** Prints the text with the elapsed time every ten seconds. Returns a function that stops it. */
function repeatNote(display: ProgressDisplay, text: string, now: () => number): () => void {
  const startedAt = now()
  const timer = setInterval(() => {
    void display.note(sanitize(`${text} (${formatElapsed(now() - startedAt)})`))
  }, repeatInterval)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * An estimate of the remaining time from the average so far: `, about 2m left`. Empty until three are done, and
 * for less than five seconds.
 */
function remainingText(elapsed: number, done: number, total: number): string {
  if (done < 3 || done === total) return ''
  const remainingTime = (elapsed / done) * (total - done)
  return remainingTime < 5000 ? '' : `, about ${formatElapsed(remainingTime)} left`
}

/** Milliseconds before the animation appears, so that fast commands do not flash it. */
const spinnerDelay = 250

/** Milliseconds between lines about the same phase where there is no animation. */
const repeatInterval = 10_000

function silentProgress(streams: Streams): Progress {
  return {
    show: () => {},
    count: () => {},
    awaiting: () => () => {},
    note: (text) => writeLine(streams, text),
    stop: async () => {},
  }
}

function lineDisplay(streams: Streams, now: () => number): ProgressDisplay {
  let phase: string | undefined
  let phaseStart = 0
  let lastLineAt = 0
  let pendingWrites: Promise<void> = Promise.resolve()
  const show = (newPhase: string, detail?: string) => {
    const time = now()
    if (newPhase === phase && time - lastLineAt < repeatInterval) return
    if (newPhase !== phase) phaseStart = time
    phase = newPhase
    lastLineAt = time
    const elapsed = time - phaseStart >= 1000 ? ` (${formatElapsed(time - phaseStart)})` : ''
    pendingWrites = pendingWrites.then(() => writeLine(streams, `${phaseLine(newPhase, detail)}${elapsed}`))
  }
  return {
    show,
    note: (text) => {
      pendingWrites = pendingWrites.then(() => writeLine(streams, text))
      return pendingWrites
    },
    stop: () => pendingWrites,
  }
}

function spinnerDisplay(streams: Streams, now: () => number): ProgressDisplay {
  let phase: string | undefined
  let text = ''
  let phaseStart = now()
  /** The number of calls of stop. If it changed while ora was loading, the spinner must not start. */
  let stopCount = 0
  let ora: import('ora').Ora | undefined
  let loading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const elapsed = () => (now() - phaseStart >= 1000 ? `(${formatElapsed(now() - phaseStart)})` : '')
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
  const show = (newPhase: string, detail?: string) => {
    if (newPhase !== phase) phaseStart = now()
    phase = newPhase
    text = phaseLine(newPhase, detail)
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
