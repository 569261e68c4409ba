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
