/**
 * Ends a request early: on the caller's signal, or on a timeout. A lightweight replacement for AbortSignal, which would
 * take as much time as the rest of a request. Bulk commands send thousands of requests, of which hardly any is
 * interrupted.
 */
export class Interruption {
  /** The reason of the interruption; undefined if there was none. */
  reason: Error | undefined
  #listener: ((reason: Error) => void) | undefined

  interrupt(reason: Error): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.#listener?.(reason)
  }

  /** Sets the listener, of which there is one at a time. Returns a function that removes it. */
  listen(listener: (reason: Error) => void): () => void {
    this.#listener = listener
    return () => {
      this.#listener = undefined
    }
  }
}
