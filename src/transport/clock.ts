import { onAbort } from '../basics/signals.js'
import { interruptionError } from '../errors/interruption.js'
import type { Clock } from './types.js'

/**
 * Returns the time of a monotonic clock in milliseconds. `performance.now()` would do the same, but makes Node load a
 * dozen modules, which slows down every command.
 */
export function monotonicTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => reject(interruptionError(signal?.reason, 'Waiting'))
      if (signal?.aborted) return stop()
      const release =
        signal === undefined
          ? () => {}
          : onAbort(signal, () => {
              clearTimeout(timer)
              release()
              stop()
            })
      const timer = setTimeout(() => {
        release()
        resolve()
      }, milliseconds)
    }),
}
