/** Listening to the signals by which callers cancel. */

const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `notify` when the signal is aborted. However many listen here, the signal itself has one listener, and
 * none after the last one has left: a program may give one signal to thousands of operations. Returns a
 * function that stops listening. A signal that is aborted already does not notify.
 */
export function onAbort(signal: AbortSignal, notify: () => void): () => void {
  const known = listeners.get(signal)
  const all = known ?? new Set<() => void>()
  if (known === undefined) {
    listeners.set(signal, all)
    signal.addEventListener('abort', notifyAll)
  }
  // Two that listen with the same function are two.
  const mine = () => notify()
  all.add(mine)
  return () => {
    if (!all.delete(mine) || all.size > 0) return
    signal.removeEventListener('abort', notifyAll)
    listeners.delete(signal)
  }
}

function notifyAll(this: AbortSignal): void {
  for (const notify of [...(listeners.get(this) ?? [])]) notify()
}

/** One signal that is aborted with the reason of whichever is first. `release` stops listening to them. */
export function firstOf(signals: readonly (AbortSignal | undefined)[]): {
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
