/** What ends a request early: the caller, or its time. */

/**
 * Lighter than an AbortSignal, of which each costs as much as the rest of a request: a bulk command makes
 * thousands, and hardly any is ever interrupted.
 */
export class Interruption {
  /** Undefined until it happens. */
  reason: Error | undefined
  #listener: ((reason: Error) => void) | undefined

  interrupt(reason: Error): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.#listener?.(reason)
  }

  /** One listener at a time. Answers how to stop listening. */
  listen(listener: (reason: Error) => void): () => void {
    this.#listener = listener
    return () => {
      this.#listener = undefined
    }
  }
}

/** One listener for each signal, however many requests it may end. Answers how to stop watching. */
export function watchSignals(): (signal: AbortSignal, tell: () => void) => () => void {
  const watched = new WeakMap<AbortSignal, Set<() => void>>()
  return (signal, tell) => {
    let tells = watched.get(signal)
    if (tells === undefined) {
      const all = new Set<() => void>()
      tells = all
      watched.set(signal, all)
      const tellAll = () => {
        for (const one of [...all]) one()
      }
      signal.addEventListener('abort', tellAll, { once: true })
    }
    const mine = tells.add(tell)
    return () => {
      mine.delete(tell)
    }
  }
}
