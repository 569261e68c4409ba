import { describe, expect, it } from 'vitest'
import { mapInOrder } from '../../src/client/index.js'

const later = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds))

async function collect<R>(results: AsyncIterable<R>): Promise<R[]> {
  const all: R[] = []
  for await (const result of results) all.push(result)
  return all
}

describe('mapInOrder', () => {
  it('mapInOrder keeps the order and never exceeds its limit', async () => {
    let running = 0
    let most = 0
    const items = Array.from({ length: 50 }, (_, at) => at)
    const results = mapInOrder(items, 4, async (item) => {
      running += 1
      most = Math.max(most, running)
      await later((item * 7) % 5)
      running -= 1
      return item * 2
    })
    expect(await collect(results)).toEqual(items.map((item) => item * 2))
    expect(most).toBe(4)
  })

  it('mapInOrder continues other work while a slow one holds up the results', async () => {
    let release = () => {}
    const slow = new Promise<void>((done) => {
      release = done
    })
    const begun: number[] = []
    const results = collect(
      mapInOrder([0, 1, 2, 3, 4, 5], 2, async (item) => {
        begun.push(item)
        if (item === 0) await slow
        return item
      }),
    )
    await later(20)
    expect(begun).toEqual([0, 1, 2, 3, 4, 5])
    release()
    expect(await results).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('mapInOrder starts the next when one releases its place before its result', async () => {
    let release = () => {}
    const slow = new Promise<void>((done) => {
      release = done
    })
    const begun: number[] = []
    const results = collect(
      mapInOrder([0, 1, 2], 1, async (item, over) => {
        begun.push(item)
        over()
        over()
        await slow
        return item
      }),
    )
    await later(20)
    expect(begun).toEqual([0, 1, 2])
    release()
    expect(await results).toEqual([0, 1, 2])
  })

  it('mapInOrder releases a place once when the work released it and then failed', async () => {
    let running = 0
    let most = 0
    const results = mapInOrder(Array.from({ length: 12 }).keys(), 2, async (item, over) => {
      running += 1
      most = Math.max(most, running)
      await later(2)
      running -= 1
      over()
      await later(2)
      return item
    })
    expect(await collect(results)).toHaveLength(12)
    expect(most).toBe(2)
  })

  it('mapInOrder works ahead only to a limit when nobody reads the results', async () => {
    const begun: number[] = []
    async function* endless() {
      for (let at = 0; ; at++) yield at
    }
    const results = mapInOrder(endless(), 3, async (item) => {
      begun.push(item)
      return item
    })
    expect((await results.next()).value).toBe(0)
    await later(20)
    expect(begun.length).toBeLessThanOrEqual(3 * 4 + 2)
    await results.return()
    const then = begun.length
    await later(20)
    expect(begun.length).toBe(then)
  })

  it('mapInOrder ends with the first failure in order, of the work or of the source, and starts no more', async () => {
    const begun: number[] = []
    const failing = mapInOrder([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2, async (item) => {
      begun.push(item)
      await later(5)
      if (item === 1) throw new Error('one')
      return item
    })
    await expect(collect(failing)).rejects.toThrow('one')
    await later(30)
    expect(begun.length).toBeLessThan(6)
    async function* broken() {
      yield 0
      throw new Error('source')
    }
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const result of mapInOrder(broken(), 2, async (item) => item)) seen.push(result)
      })(),
    ).rejects.toThrow('source')
    expect(seen).toEqual([0])
    expect(await collect(mapInOrder([], 2, async (item) => item))).toEqual([])
  })
})
