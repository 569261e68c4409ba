import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { IncomingBody } from '../../src/transport/incoming.js'

function open() {
  const said: string[] = []
  const tap = {
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    drop: () => said.push('drop'),
  }
  return { body: new IncomingBody(tap), said }
}

const bytes = (size: number) => Buffer.alloc(size, 120)
const soon = () => new Promise<void>((turn) => setImmediate(turn))

describe('a body that comes in', () => {
  it('a body that comes in is given in the pieces in which it came, those before and those after somebody reads', async () => {
    const { body } = open()
    body.push(Buffer.from('a'))
    body.push(Buffer.from('b'))
    const found: string[] = []
    const reading = (async () => {
      for await (const part of body) found.push(part.toString())
    })()
    await soon()
    expect(found).toEqual(['a', 'b'])
    body.push(Buffer.from('c'))
    body.end()
    await reading
    expect(found).toEqual(['a', 'b', 'c'])
  })

  it('a body that comes in holds the connection back while much is unread, and lets it go on when that is read', async () => {
    const { body, said } = open()
    body.push(bytes(40_000))
    expect(said).toEqual([])
    body.push(bytes(40_000))
    body.push(bytes(1))
    expect(said).toEqual(['pause'])
    const iterator = body[Symbol.asyncIterator]()
    for (let i = 0; i < 3; i++) await iterator.next()
    const next = iterator.next()
    await soon()
    expect(said).toEqual(['pause', 'resume'])
    body.end()
    expect((await next).done).toBe(true)
    expect(said).toEqual(['pause', 'resume'])
  })

  it('a body that comes in is read on when the connection gives at once what it had kept back, and holds itself back again', async () => {
    const kept = [bytes(70_000), bytes(70_000), bytes(1)]
    const body = new IncomingBody({
      pause: () => undefined,
      resume: () => {
        const part = kept.shift()
        if (part !== undefined) body.push(part)
        if (kept.length === 0) body.end()
      },
      drop: () => undefined,
    })
    body.push(bytes(70_000))
    let total = 0
    const read = (async () => {
      for await (const part of body) total += part.length
    })()
    await Promise.race([read, soon().then(soon).then(soon).then(soon)])
    expect(total).toBe(210_001)
  })

  it('a body that comes in is whole with its end, however much that is, also when it was held back', async () => {
    const { body, said } = open()
    body.push(bytes(70_000))
    const whole = body.whole()
    for (let i = 0; i < 10; i++) body.push(bytes(70_000))
    body.end()
    expect((await whole).length).toBe(770_000)
    expect(said).toEqual(['pause', 'resume'])
  })

  it('a body without a byte is empty, also when it is over before it is read', async () => {
    const { body } = open()
    body.end()
    expect((await body.whole()).length).toBe(0)
  })

  it('a body that comes in gives what came before a failure, then fails', async () => {
    const { body, said } = open()
    body.push(Buffer.from('a'))
    body.fail(new Error('cut'))
    const found: string[] = []
    await expect(
      (async () => {
        for await (const part of body) found.push(part.toString())
      })(),
    ).rejects.toThrow('cut')
    expect([found, said]).toEqual([['a'], []])
    const { body: other } = open()
    const whole = other.whole()
    other.fail(new Error('cut'))
    await expect(whole).rejects.toThrow('cut')
  })

  it('a body that comes in gives the answer up when reading ends early, and only then', async () => {
    const { body, said } = open()
    body.push(Buffer.from('a'))
    for await (const _ of body) break
    expect(said).toEqual(['drop'])
    const { body: read, said: saidOfRead } = open()
    read.push(Buffer.from('a'))
    read.end()
    for await (const _ of read) break
    expect(saidOfRead).toEqual([])
  })
})
