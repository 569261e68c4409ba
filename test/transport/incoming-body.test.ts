import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { IncomingBody } from '../../src/transport/incoming-body.js'

function open() {
  const said: string[] = []
  const tap = {
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    destroy: () => said.push('drop'),
  }
  return { body: new IncomingBody(tap), said }
}

const bytes = (size: number) => Buffer.alloc(size, 120)
const soon = () => new Promise<void>((turn) => setImmediate(turn))

describe('a body that comes in', () => {
  it('an incoming body is returned in the pieces in which it arrived, before and after reading begins', async () => {
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

  it('an incoming body pauses the connection while much is unread, and resumes it when that is read', async () => {
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

  it('an incoming body continues when the connection delivers at once what it had kept, and pauses it again', async () => {
    const kept = [bytes(70_000), bytes(70_000), bytes(1)]
    const body = new IncomingBody({
      pause: () => undefined,
      resume: () => {
        const part = kept.shift()
        if (part !== undefined) body.push(part)
        if (kept.length === 0) body.end()
      },
      destroy: () => undefined,
    })
    body.push(bytes(70_000))
    let total = 0
    const read = (async () => {
      for await (const part of body) total += part.length
    })()
    await Promise.race([read, soon().then(soon).then(soon).then(soon)])
    expect(total).toBe(210_001)
  })

  it('an incoming body is complete at its end, however long it is, also when it was paused', async () => {
    const { body, said } = open()
    body.push(bytes(70_000))
    const whole = body.readAll()
    for (let i = 0; i < 10; i++) body.push(bytes(70_000))
    body.end()
    expect((await whole).length).toBe(770_000)
    expect(said).toEqual(['pause', 'resume'])
  })

  it('an incoming body without a byte is empty, also when it ended before it is read', async () => {
    const { body } = open()
    body.end()
    expect((await body.readAll()).length).toBe(0)
  })

  it('an incoming body returns what arrived before a failure, then fails', async () => {
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
    const whole = other.readAll()
    other.fail(new Error('cut'))
    await expect(whole).rejects.toThrow('cut')
  })

  it('an incoming body cancels the answer when reading ends early, and only then', async () => {
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
