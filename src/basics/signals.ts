/** Helpers for AbortSignals. */

/** The functions to call when a signal is aborted. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `notify` when the signal is aborted, and returns a function that ends this. Does nothing for a signal that is
 * already aborted. All calls for one signal share a single event listener, because a program may pass one signal to
 * thousands of operations.
 */
export function onAbort(signal: AbortSignal, notify: () => void): () => void {
  const registered = listeners.get(signal)
  const listenersOfSignal = registered ?? new Set<() => void>()
  if (registered === undefined) {
    listeners.set(signal, listenersOfSignal)
    signal.addEventListener('abort', notifyAll)
  }
  // A new function for each call, so that the same `notify` can be registered twice.
  const listener = () => notify()
  listenersOfSignal.add(listener)
  return () => {
    if (!listenersOfSignal.delete(listener) || listenersOfSignal.size > 0) return
    signal.removeEventListener('abort', notifyAll)
    listeners.delete(signal)
  }
}

function notifyAll(this: AbortSignal): void {
  for (const notify of [...(listeners.get(this) ?? [])]) notify()
}

/**
 * Returns a signal that is aborted when the first of several is aborted, with the same reason. `release` ends the
 * connection to them.
 */
export function combineSignals(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal
  release(): void
} {
  const controller = new AbortController()
  const releases: (() => void)[] = []
  for (const signal of signals) {
    if (signal === undefined) continue
    if (signal.aborted) controller.abort(signal.reason)
    else releases.push(onAbort(signal, () => controller.abort(signal.reason)))
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const release of releases) release()
    },
  }
}
