/** Helpers for AbortSignals. */

const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `notify` when the signal is aborted, and returns a function that stops listening. All calls for one signal
 * share a single listener on it, because a program may pass one signal to thousands of operations. A signal that
 * is already aborted does not notify.
 */
export function onAbort(signal: AbortSignal, notify: () => void): () => void {
  const existing = listeners.get(signal)
  const all = existing ?? new Set<() => void>()
  if (existing === undefined) {
    listeners.set(signal, all)
    signal.addEventListener('abort', notifyAll)
  }
  // A new function, so that the same `notify` can be added twice.
  const listener = () => notify()
  all.add(listener)
  return () => {
    if (!all.delete(listener) || all.size > 0) return
    signal.removeEventListener('abort', notifyAll)
    listeners.delete(signal)
  }
}

function notifyAll(this: AbortSignal): void {
  for (const notify of [...(listeners.get(this) ?? [])]) notify()
}

/** A signal that is aborted, with the same reason, by the first of several. `release` stops listening to them. */
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
