/** Runs an operation at several sites at the same time, so that a slow or broken site does not affect the others. */

import { setMaxListeners } from 'node:events'
import { formatLimit } from '../basics/amounts.js'
import { OcciError, TimeoutError } from '../errors/errors.js'

/** Anything with the name of a site. */
export interface Named {
  readonly name: string
}

/** An item from one site. */
export interface FromSite<S extends Named, T> {
  readonly site: S
  readonly item: T
}

/** A failed site and its error. */
export interface SiteFailure<S extends Named = Named> {
  readonly site: S
  readonly error: OcciError
}

/** The time that an operation has at one site. */
export interface SiteTime {
  /** Aborted when the time of the site is over, and when the whole operation is stopped. */
  readonly signal: AbortSignal
  /** Runs `work` without counting its time, for example a question to the user. */
  pauseTimeout<T>(work: () => Promise<T>): Promise<T>
}

/** Options of operations at several sites. */
export interface AtSitesOptions {
  /** `named` (default): all items of the first site, then all of the second, and so on. `arrival`: as they arrive. */
  readonly order?: 'named' | 'arrival' | undefined
  /** Time limit for each site in milliseconds. Default 60,000. */
  readonly siteTimeout?: number | undefined
  /** The number of sites at which the operation runs at the same time. Default 50. */
  readonly concurrency?: number | undefined
  /** Stops the operation at all sites. The iteration then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /** Called with the names of the unfinished sites, at the start and whenever a site finishes. */
  readonly onWaiting?: ((names: readonly string[]) => void) | undefined
}

/** The items of several sites, in the order that the options set. */
export interface AtSites<S extends Named, T> extends AsyncIterable<FromSite<S, T>> {
  /** The sites that failed, in the order of the sites; complete when the iteration has ended. */
  readonly failures: readonly SiteFailure<S>[]
}

/** Milliseconds. */
const defaultSiteTimeout = 60_000
const defaultConcurrency = 50

/**
 * Runs `work` at each site. Nothing starts before the iteration, which is possible only once. If a site throws an
 * OcciError, its earlier items are delivered and the error is added to the failures. Any other error, and an abort,
 * ends the iteration. Items are buffered until they are due, so that waiting for the first site does not stop the
 * others.
 */
export function atSites<S extends Named, T>(
  sites: readonly S[],
  work: (site: S, time: SiteTime) => AsyncIterable<T>,
  options: AtSitesOptions = {},
): AtSites<S, T> {
  const failed = new Map<S, OcciError>()
  return {
    get failures() {
      return sites.flatMap((site) => {
        const error = failed.get(site)
        return error === undefined ? [] : [{ site, error }]
      })
    },
    [Symbol.asyncIterator]: () => iterate(sites, work, options, failed),
  }
}

async function* iterate<S extends Named, T>(
  sites: readonly S[],
  work: (site: S, time: SiteTime) => AsyncIterable<T>,
  options: AtSitesOptions,
  failed: Map<S, OcciError>,
): AsyncGenerator<FromSite<S, T>, void, undefined> {
  const { signal, siteTimeout = defaultSiteTimeout, concurrency = defaultConcurrency } = options
  const stopController = new AbortController()
  const operationSignal =
    signal === undefined ? stopController.signal : AbortSignal.any([stopController.signal, signal])
  // There is one listener for each site, which Node would report as a leak.
  setMaxListeners(0, operationSignal)
  const notifier = createNotifier()
  const sharedQueue = createQueue<FromSite<S, T>>()
  const queues = new Map(
    sites.map((site) => [site, options.order === 'arrival' ? sharedQueue : createQueue<FromSite<S, T>>()]),
  )
  const unfinished = new Set(sites)
  let fatalError: { readonly error: unknown } | undefined
  const notStarted = [...sites]
  const startNextSite = () => {
    const site = notStarted.shift()
    if (site === undefined) return
    runAtSite(site, work, { operationSignal, siteTimeout }, (item) => {
      queues.get(site)?.put({ site, item })
      notifier.notify()
    }).then(
      (error) => {
        if (error !== undefined) failed.set(site, error)
        unfinished.delete(site)
        options.onWaiting?.([...unfinished].map(({ name }) => name))
        startNextSite()
        notifier.notify()
      },
      (error: unknown) => {
        fatalError ??= { error }
        notifier.notify()
      },
    )
  }
  const onAbort = () => notifier.notify()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    options.onWaiting?.(sites.map(({ name }) => name))
    for (let started = 0; started < concurrency; started += 1) startNextSite()
    let siteIndex = 0
    for (;;) {
      signal?.throwIfAborted()
      if (fatalError !== undefined) throw fatalError.error
      const site = sites[siteIndex]
      if (site === undefined) return
      // Read before the queue, because the site could add an item and finish in between.
      const isDone = !unfinished.has(site)
      const items = queues.get(site)?.take() ?? []
      if (items.length > 0) yield* items
      else if (isDone) siteIndex += 1
      else await notifier.next()
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stopController.abort()
  }
}

/**
 * Runs the work at one site, within its time. Resolves with the OcciError of the site, or with undefined if it
 * succeeded or the whole operation ended. Rejects with any other error.
 */
function runAtSite<S extends Named, T>(
  site: S,
  work: (site: S, time: SiteTime) => AsyncIterable<T>,
  { operationSignal, siteTimeout }: { readonly operationSignal: AbortSignal; readonly siteTimeout: number },
  deliver: (item: T) => void,
): Promise<OcciError | undefined> {
  return new Promise((resolve, reject) => {
    const timeout = new AbortController()
    let isSettled = false
    let iterator: AsyncIterator<T> | undefined
    const timer = createTimer(siteTimeout, () => {
      settle(siteTimeoutError(site, siteTimeout))
      timeout.abort()
      // Not awaited: it may hang as well.
      iterator?.return?.().catch(() => {})
    })
    const settle = (error?: OcciError) => {
      isSettled = true
      timer.stop()
      resolve(error)
    }
    operationSignal.addEventListener('abort', () => settle(), { once: true })
    const siteSignal = AbortSignal.any([operationSignal, timeout.signal])
    // There may be one listener for each request.
    setMaxListeners(0, siteSignal)
    const time: SiteTime = {
      signal: siteSignal,
      async pauseTimeout(inner) {
        timer.stop()
        try {
          return await inner()
        } finally {
          if (!isSettled) timer.start()
        }
      },
    }
    const run = async () => {
      timer.start()
      iterator = work(site, time)[Symbol.asyncIterator]()
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
        if (isSettled) return
        deliver(step.value)
      }
    }
    run().then(
      () => settle(),
      (error: unknown) => {
        if (isSettled) return
        if (error instanceof OcciError) return settle(error)
        timer.stop()
        reject(error)
      },
    )
  })
}

function siteTimeoutError({ name }: Named, siteTimeout: number): TimeoutError {
  return new TimeoutError(`${name} did not finish within ${formatLimit(siteTimeout)}`, {
    hint: 'Allow more time with `siteTimeout`.',
    facts: { siteTimeout },
  })
}

/** The longest delay of Node's setTimeout, in milliseconds. */
const maxTimeout = 2 ** 31 - 1

/** A timer that can be paused and continued. */
function createTimer(milliseconds: number, onTimeout: () => void) {
  let remainingTime = milliseconds
  let startTime = 0
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      startTime = performance.now()
      timer = setTimeout(onTimeout, Math.min(Math.max(0, remainingTime), maxTimeout))
    },
    stop() {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      remainingTime -= performance.now() - startTime
    },
  }
}

/** A buffer whose items are taken all at once. */
function createQueue<T>() {
  let items: T[] = []
  return {
    put: (item: T) => void items.push(item),
    take(): readonly T[] {
      const taken = items
      items = []
      return taken
    },
  }
}

/** Wakes a single waiting reader. If none is waiting, the next wait ends immediately. */
function createNotifier() {
  let isNotified = false
  let wake: (() => void) | undefined
  return {
    notify() {
      isNotified = true
      wake?.()
    },
    async next() {
      if (!isNotified) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      isNotified = false
      wake = undefined
    },
  }
}
