import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AuthError, NetworkError, TimeoutError } from '../../src/errors/errors.js'
import { type AtSitesOptions, atSites, type SiteTime } from '../../src/federation/index.js'

interface Place {
  readonly name: string
  readonly gives: (time: SiteTime) => AsyncIterable<number>
}

async function* later(milliseconds: number, ...numbers: number[]): AsyncGenerator<number> {
  for (const number of numbers) {
    await sleep(milliseconds)
    yield number
  }
}

const never = new Promise<never>(() => {})
async function* hangs(...numbers: number[]): AsyncGenerator<number> {
  yield* numbers
  await never
}

async function* fails(error: Error, ...numbers: number[]): AsyncGenerator<number> {
  yield* numbers
  throw error
}

function places(given: Readonly<Record<string, Place['gives']>>): readonly Place[] {
  return Object.entries(given).map(([name, gives]) => ({ name, gives }))
}

async function ask(sites: readonly Place[], options?: AtSitesOptions) {
  const found = atSites(sites, ({ gives }, time) => gives(time), options)
  const items: string[] = []
  for await (const { site, item } of found) items.push(`${site.name}${item}`)
  return { items, failures: found.failures.map(({ site, error }) => `${site.name}: ${error.message}`) }
}

describe('work at several sites', () => {
  it('work at several sites runs at the same time and returns results in the order of the sites', async () => {
    const started = performance.now()
    const { items, failures } = await ask(
      places({ a: () => later(100, 1, 2), b: () => later(10, 1, 2), c: () => later(50, 1) }),
    )
    expect(items).toEqual(['a1', 'a2', 'b1', 'b2', 'c1'])
    expect(failures).toEqual([])
    expect(performance.now() - started).toBeLessThan(350)
  })

  it('results are returned as they arrive when that is requested', async () => {
    const sites = places({ a: () => later(120, 1), b: () => later(5, 1), c: () => later(60, 1) })
    expect((await ask(sites, { order: 'arrival' })).items).toEqual(['b1', 'c1', 'a1'])
  })

  it('a failure at one site hides no other, and keeps earlier results', async () => {
    const { items, failures } = await ask(
      places({
        a: () => fails(new NetworkError('refused')),
        b: () => later(1, 1),
        c: () => fails(new AuthError('expired'), 1),
      }),
    )
    expect(items).toEqual(['b1', 'c1'])
    expect(failures).toEqual(['a: refused', 'c: expired'])
  })

  it('a site that hangs is given up after its time, and delays no other beyond it', async () => {
    const started = performance.now()
    const { items, failures } = await ask(places({ a: () => hangs(1), b: () => later(1, 1) }), {
      siteTimeout: 150,
    })
    expect(items).toEqual(['a1', 'b1'])
    expect(failures).toEqual(['a: a did not finish within 150 ms'])
    expect(performance.now() - started).toBeLessThan(1500)
  })

  it('a site whose time is over is told to close what it has open', async () => {
    let reason: unknown
    await ask(
      places({
        a: async function* ({ signal }) {
          signal.addEventListener('abort', () => {
            reason = 'aborted'
          })
          await never
          yield 1
        },
      }),
      { siteTimeout: 20 },
    )
    expect(reason).toBe('aborted')
  })

  it('each site has its own time, which stops while the user is asked', async () => {
    const asking = async function* ({ pauseTimeout }: SiteTime) {
      yield await pauseTimeout(async () => {
        await sleep(200)
        return 1
      })
    }
    const sites = places({ a: asking, b: () => hangs() })
    expect(await ask(sites, { siteTimeout: 100 })).toEqual({
      items: ['a1'],
      failures: ['b: b did not finish within 100 ms'],
    })
  })

  it('the sites that are still awaited are reported', async () => {
    const said: string[] = []
    await ask(places({ a: () => later(60, 1), b: () => later(5, 1) }), {
      onWaiting: (names) => said.push(names.join(' ')),
    })
    expect(said).toEqual(['a b', 'a', ''])
  })

  it('the number of sites that work at the same time is limited', async () => {
    let running = 0
    let most = 0
    const counted = async function* () {
      running += 1
      most = Math.max(most, running)
      await sleep(10)
      running -= 1
      yield 1
    }
    const sites = Array.from({ length: 7 }, (_, index) => ({ name: `s${index}`, gives: counted }))
    expect((await ask(sites, { concurrency: 3 })).items).toHaveLength(7)
    expect(most).toBe(3)
  })

  it('work at several sites ends with the reason of its signal', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('Ctrl-C')), 20)
    await expect(ask(places({ a: () => hangs(1) }), { signal: stop.signal })).rejects.toThrow('Ctrl-C')
  })

  it('a programming error ends the work, and is not a failure of a site', async () => {
    const sites = places({ a: () => fails(new TypeError('x is not a function')), b: () => hangs() })
    await expect(ask(sites)).rejects.toThrow(TypeError)
  })

  it('work stops at every site when the reader stops', async () => {
    const signals: AbortSignal[] = []
    const endless = async function* ({ signal }: SiteTime) {
      signals.push(signal)
      for (let number = 0; !signal.aborted; number += 1) {
        yield number
        await sleep(1)
      }
    }
    const found = atSites(places({ a: endless, b: endless }), ({ gives }, time) => gives(time))
    for await (const { item } of found) if (item === 2) break
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it('the error for a site whose time is over is a timeout error', async () => {
    const found = atSites(places({ a: () => hangs() }), ({ gives }, time) => gives(time), { siteTimeout: 5 })
    for await (const _ of found);
    expect(found.failures[0]?.error).toBeInstanceOf(TimeoutError)
  })
})
