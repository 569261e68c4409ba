import { describe, expect, it } from 'vitest'
import { drain } from '../../../src/cli/output/drain.js'
import type { Sink } from '../../../src/cli/streams.js'

function sinkOf(write: (text: string) => Promise<void>): Sink {
  return { write, terminal: false, color: false, width: undefined, height: undefined }
}

async function* pieces(count: number, size: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield String(i % 10).repeat(size)
}

describe('drain', () => {
  it('drain writes everything in order and joins small pieces', async () => {
    const written: string[] = []
    await drain(
      pieces(1000, 100),
      sinkOf(async (text) => {
        written.push(text)
      }),
    )
    let all = ''
    for await (const piece of pieces(1000, 100)) all += piece
    expect(written.join('')).toBe(all)
    expect(written.length).toBeLessThan(10)
  })

  it('drain does not hold back what is available while the source is slow', async () => {
    const written: string[] = []
    let go = () => {}
    async function* slow() {
      yield 'a'
      await new Promise<void>((resolve) => {
        go = resolve
      })
      yield 'b'
    }
    const done = drain(
      slow(),
      sinkOf(async (text) => {
        written.push(text)
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(written).toEqual(['a'])
    go()
    await done
    expect(written).toEqual(['a', 'b'])
  })

  it('drain yields to other work although source and sink are always ready', async () => {
    let turns = 0
    let over = false
    const count = () => {
      turns++
      if (!over) setImmediate(count)
    }
    setImmediate(count)
    await drain(
      pieces(200, 20_000),
      sinkOf(async () => {}),
    )
    over = true
    expect(turns).toBeGreaterThan(2)
  })

  it('drain stops the source when the sink fails', async () => {
    let closed = false
    let given = 0
    async function* endless() {
      try {
        for (;;) {
          given++
          yield 'x'.repeat(20_000)
        }
      } finally {
        closed = true
      }
    }
    const broken = sinkOf(() => Promise.reject(new Error('full')))
    await expect(drain(endless(), broken)).rejects.toThrow('full')
    expect([closed, given < 5]).toEqual([true, true])
  })
})
