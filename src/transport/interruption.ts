/** Ends a request early: on the caller's signal, or on a timeout. */

/**
 * Lighter than an AbortSignal, which would cost as much as the rest of a request. Bulk commands make
 * thousands of requests, and hardly any is interrupted.
 */
export class Interruption {
  /** Undefined until the interruption. */
  reason: Error | undefined
  #listener: ((reason: Error) => void) | undefined

  interrupt(reason: Error): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.#listener?.(reason)
  }

  /** Allows one listener at a time. Returns a function that removes it. */
  listen(listener: (reason: Error) => void): () => void {
    this.#listener = listener
    return () => {
      this.#listener = undefined
    }
  }
}

/**
 * Adds one listener to each signal, however many requests it may end. The returned function registers a
 * callback for a signal, and returns a function that removes it.
 */
export function watchSignals(): (signal: AbortSignal, notify: () => void) => () => void {
  const watched = new WeakMap<AbortSignal, Set<() => void>>()
  return (signal, notify) => {
    let listeners = watched.get(signal)
    if (listeners === undefined) {
      const all = new Set<() => void>()
      listeners = all
      watched.set(signal, all)
      const notifyAll = () => {
        for (const one of [...all]) one()
      }
      signal.addEventListener('abort', notifyAll, { once: true })
    }
    const mine = listeners.add(notify)
    return () => {
      mine.delete(notify)
    }
  }
}
