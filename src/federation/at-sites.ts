/** Runs one piece of work at several sites at the same time, so that a slow or broken one hides no other. */

import { setMaxListeners } from 'node:events'
import { formatLimit } from '../basics/amounts.js'
import { OcciError, TimeoutError } from '../errors/errors.js'

/** What every kind of site has: the name that the user gave it. */
export interface Named {
  readonly name: string
}

/** What came from one site. */
export interface FromSite<S extends Named, T> {
  readonly site: S
  readonly item: T
}

/** A site that failed, and how. */
export interface SiteFailure<S extends Named = Named> {
  readonly site: S
  readonly error: OcciError
}

/** What the work at one site may use. */
export interface SiteTime {
  /** Aborted when the site has had its time, and when the whole is stopped. */
  readonly signal: AbortSignal
  /** Runs something during which the site's time stands still: a question to the user. */
  hold<T>(work: () => Promise<T>): Promise<T>
}

/** How several sites are asked together. */
export interface AtSitesOptions {
  /** `named` (default): all of the first site, then all of the second, …; `arrival`: as it comes. */
  readonly order?: 'named' | 'arrival' | undefined
  /** Milliseconds that each site has, alone; default 60,000. */
  readonly siteTimeout?: number | undefined
  /** How many sites are asked at a time; default 50. */
  readonly concurrency?: number | undefined
  /** Stops everything; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Called with the names of the sites that are not done yet: at first, and whenever one is done. */
  readonly onWaiting?: ((names: readonly string[]) => void) | undefined
}

/** What the sites give, as it arrives. */
export interface AtSites<S extends Named, T> extends AsyncIterable<FromSite<S, T>> {
  /** The sites that failed, in the order of the sites; complete when the iteration has ended. */
  readonly failures: readonly SiteFailure<S>[]
}

const defaultSiteTimeout = 60_000
const defaultConcurrency = 50

/**
 * Nothing starts before the iteration, which can be done once. An OcciError of a site is kept among the
 * failures, and what the site gave before is delivered; any other error, and an abort, ends the iteration. What
 * a site gives is kept in memory until its turn comes, so that a reader that waits for the first site does not
 * stop the others.
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
  const stop = new AbortController()
  const outer = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  // One listener for each site, which Node would take for a leak.
  setMaxListeners(0, outer)
  const bell = createBell()
  const common = createQueue<FromSite<S, T>>()
  const queues = new Map(
    sites.map((site) => [site, options.order === 'arrival' ? common : createQueue<FromSite<S, T>>()]),
  )
  const waiting = new Set(sites)
  let broken: { readonly error: unknown } | undefined
  const left = [...sites]
  const startNext = () => {
    const site = left.shift()
    if (site === undefined) return
    visit(site, work, { outer, siteTimeout }, (item) => {
      queues.get(site)?.put({ site, item })
      bell.ring()
    }).then(
      (error) => {
        if (error !== undefined) failed.set(site, error)
        waiting.delete(site)
        options.onWaiting?.([...waiting].map(({ name }) => name))
        startNext()
        bell.ring()
      },
      (error: unknown) => {
        broken ??= { error }
        bell.ring()
      },
    )
  }
  const onAbort = () => bell.ring()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    options.onWaiting?.(sites.map(({ name }) => name))
    for (let started = 0; started < concurrency; started += 1) startNext()
    let turn = 0
    for (;;) {
      signal?.throwIfAborted()
      if (broken !== undefined) throw broken.error
      const site = sites[turn]
      if (site === undefined) return
      // Looked at first: between the two a site could give something and be done.
      const done = !waiting.has(site)
      const items = queues.get(site)?.take() ?? []
      if (items.length > 0) yield* items
      else if (done) turn += 1
      else await bell.next()
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stop.abort()
  }
}

/** Resolves with the site's error, or undefined. Rejects with an error that is not of the site. */
function visit<S extends Named, T>(
  site: S,
  work: (site: S, time: SiteTime) => AsyncIterable<T>,
  { outer, siteTimeout }: { readonly outer: AbortSignal; readonly siteTimeout: number },
  give: (item: T) => void,
): Promise<OcciError | undefined> {
  return new Promise((resolve, reject) => {
    const late = new AbortController()
    let over = false
    let iterator: AsyncIterator<T> | undefined
    const clock = createTimer(siteTimeout, () => {
      finish(tookTooLong(site, siteTimeout))
      late.abort()
      // Not awaited: it may hang as well.
      iterator?.return?.().catch(() => {})
    })
    const finish = (error?: OcciError) => {
      over = true
      clock.stop()
      resolve(error)
    }
    outer.addEventListener('abort', () => finish(), { once: true })
    const ends = AbortSignal.any([outer, late.signal])
    // As many as the site has requests.
    setMaxListeners(0, ends)
    const time: SiteTime = {
      signal: ends,
      async hold(inner) {
        clock.stop()
        try {
          return await inner()
        } finally {
          if (!over) clock.start()
        }
      },
    }
    const run = async () => {
      clock.start()
      iterator = work(site, time)[Symbol.asyncIterator]()
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
        if (over) return
        give(step.value)
      }
    }
    run().then(
      () => finish(),
      (error: unknown) => {
        if (over) return
        if (error instanceof OcciError) return finish(error)
        clock.stop()
        reject(error)
      },
    )
  })
}

function tookTooLong({ name }: Named, siteTimeout: number): TimeoutError {
  return new TimeoutError(`${name} did not finish within ${formatLimit(siteTimeout)}`, {
    hint: 'Give sites longer with `siteTimeout`.',
    facts: { siteTimeout },
  })
}

/** The longest time that setTimeout can wait. */
const longest = 2 ** 31 - 1

/** A timer that can be stopped and goes on later with what was left. */
function createTimer(milliseconds: number, ring: () => void) {
  let left = milliseconds
  let started = 0
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      started = performance.now()
      timer = setTimeout(ring, Math.min(Math.max(0, left), longest))
    },
    stop() {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      left -= performance.now() - started
    },
  }
}

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

/** Wakes the one reader; a ring that nobody waits for is heard by the next wait. */
function createBell() {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async next() {
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      rung = false
      wake = undefined
    },
  }
}
