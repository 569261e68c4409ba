import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ClientSettings, OcciClient } from '../../src/client/index.js'
import { CancelledError, type OcciError, TimeoutError, UsageError } from '../../src/errors/errors.js'
import { openSandbox, sandboxOrigin, sandboxTransport } from '../../src/sandbox/index.js'
import type { Transport } from '../../src/transport/index.js'
import { rejection } from '../transport/loopback.js'

/** A client of the practice cloud in memory, whose machines never become active by themselves. */
function practice(more: Partial<ClientSettings> = {}) {
  const { sandbox, basePath } = openSandbox({ clock: () => 0 })
  return new OcciClient({
    endpoint: `${sandboxOrigin}${basePath}/`,
    transport: sandboxTransport(sandbox),
    ...more,
  })
}

/** An endpoint that takes requests and never answers them. */
async function silent(asked = () => {}): Promise<string> {
  const server = createServer(asked)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const wanted = { kind: 'compute', title: 'web', mixins: ['debian-12', 'small'] } as const

describe('a signal of the caller', () => {
  it('an aborted signal ends a request with its reason as the cause', async () => {
    const aborter = new AbortController()
    const reason = new Error('the user left')
    const client = new OcciClient({ endpoint: await silent(() => aborter.abort(reason)) })
    const error = await rejection(client.model({ signal: aborter.signal }))
    expect(error).toBeInstanceOf(CancelledError)
    expect(error).toMatchObject({ cause: reason, facts: { sent: 'maybe' } })
    expect(getEventListeners(aborter.signal, 'abort')).toEqual([])
    await client.close()
  })

  it('a signal that is a timeout ends a request as a timeout, different from the limits of requests and waits', async () => {
    const client = new OcciClient({ endpoint: await silent() })
    const signal = AbortSignal.timeout(20)
    const error = await rejection(client.model({ signal }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ cause: signal.reason, facts: { timeout: 'signal' } })
    await client.close()

    const cloud = practice()
    const { location } = await cloud.create(wanted)
    const until = { for: 'state', state: 'suspended' } as const
    const wait = await rejection(cloud.wait(location, until, { timeout: 20, interval: 10 }))
    expect(wait).toMatchObject({ code: 'timeout', facts: { timeout: 'wait', milliseconds: 20 } })
    const ended = await rejection(cloud.wait(location, until, { signal: AbortSignal.timeout(20) }))
    expect(ended).toMatchObject({ code: 'timeout', facts: { timeout: 'signal' } })
    await cloud.close()
  })

  it('a signal has one listener while a hundred operations wait, and none afterwards', async () => {
    const cloud = practice()
    const { location } = await cloud.create(wanted)
    const aborter = new AbortController()
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const waits = Array.from({ length: 100 }, () =>
      rejection(cloud.wait(location, { for: 'state', state: 'suspended' }, { signal: aborter.signal })),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(getEventListeners(aborter.signal, 'abort').length).toBe(1)
    aborter.abort('enough')
    const errors = (await Promise.all(waits)) as readonly OcciError[]
    expect(new Set(errors.map(({ code, cause }) => `${code}: ${String(cause)}`))).toEqual(
      new Set(['cancelled: enough']),
    )
    expect(getEventListeners(aborter.signal, 'abort')).toEqual([])
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
    await cloud.close()
  })

  it('a signal has no listener left after a listing that is not read to its end', async () => {
    const cloud = practice()
    for (const title of ['one', 'two', 'three']) await cloud.create({ ...wanted, title })
    const { signal } = new AbortController()
    for await (const _ of cloud.list('compute', { signal })) break
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await cloud.close()
  })

  it('the signal of one operation does not end another that waits for the same model', async () => {
    let asked = 0
    const { sandbox, basePath } = openSandbox({ clock: () => 0 })
    const inner = sandboxTransport(sandbox)
    const slow: Transport = {
      ...inner,
      async send(request) {
        asked += 1
        await new Promise((resolve) => setTimeout(resolve, 30))
        return inner.send(request)
      },
    }
    const client = new OcciClient({ endpoint: `${sandboxOrigin}${basePath}/`, transport: slow })
    const aborter = new AbortController()
    const first = rejection(client.model({ signal: aborter.signal }))
    const second = client.model()
    aborter.abort()
    expect(await first).toMatchObject({ code: 'cancelled' })
    expect((await second).kinds.length).toBeGreaterThan(3)
    expect(asked).toBeGreaterThan(0)
    await client.close()
  })
})

describe('a closed client', () => {
  it('a closed client refuses operations, ends those that wait, and can be closed twice', async () => {
    const cloud = practice()
    const { location } = await cloud.create(wanted)
    const waiting = rejection(cloud.wait(location, { for: 'state', state: 'suspended' }))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await cloud.close()
    expect(await waiting).toMatchObject({ code: 'cancelled', cause: expect.any(UsageError) })
    for (const refused of [
      cloud.model(),
      cloud.describe(location),
      cloud.create(wanted),
      cloud.raw({ method: 'GET', path: '/-/' }),
    ]) {
      expect(await rejection(refused)).toMatchObject({ code: 'usage', facts: { sent: 'no' } })
    }
    await cloud.close()
  })

  it('`await using` closes the client', async () => {
    let kept: OcciClient
    {
      await using client = practice()
      kept = client
      await client.model()
    }
    expect(await rejection(kept.model())).toBeInstanceOf(UsageError)
  })
})

describe("a create over the caller's transport", () => {
  /** The practice cloud in memory behind a transport whose answer to a create is lost. */
  function losing(lost: unknown, carriedOut: boolean) {
    const { sandbox, basePath } = openSandbox({ clock: () => 0 })
    const inner = sandboxTransport(sandbox)
    let sent = 0
    const transport: Transport = {
      ...inner,
      async send(request) {
        if (request.method !== 'POST') return inner.send(request)
        sent += 1
        if (carriedOut) await inner.send(request)
        throw lost
      },
    }
    const client = new OcciClient({ endpoint: `${sandboxOrigin}${basePath}/`, transport })
    return { client, sent: () => sent }
  }

  it.each([
    ['fetch', new TypeError('fetch failed', { cause: new Error('other side closed') })],
    ['a thrown text', 'lost'],
    ['an error of another library', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ])(
    "a create over the caller's transport whose answer is lost (%s) is uncertain, and the error names what was found",
    async (_, lost) => {
      const { client, sent } = losing(lost, true)
      const error = await rejection(client.create(wanted))
      expect(error).toMatchObject({
        code: 'outcome-unknown',
        facts: { candidates: [expect.stringContaining('/compute/')] },
      })
      expect(error).toMatchObject({ cause: { code: 'network', cause: lost } })
      expect(sent()).toBe(1)
      await client.close()
    },
  )

  it("a create over the caller's transport whose answer is lost is uncertain although nothing was found yet", async () => {
    const { client } = losing(new Error('lost'), false)
    expect(await rejection(client.create(wanted))).toMatchObject({ code: 'outcome-unknown' })
    await client.close()
  })

  it("a create over the caller's transport that the transport itself ended is uncertain", async () => {
    const { client } = losing(new DOMException('too slow', 'TimeoutError'), false)
    expect(await rejection(client.create(wanted))).toMatchObject({
      code: 'outcome-unknown',
      cause: { code: 'timeout' },
    })
    await client.close()
  })

  it("a create over the caller's transport certainly failed when the transport reports that nothing was sent", async () => {
    const { NetworkError } = await import('../../src/errors/errors.js')
    const { client } = losing(new NetworkError('refused', { facts: { sent: 'no' } }), false)
    expect(await rejection(client.create(wanted))).toMatchObject({ code: 'network', message: 'refused' })
    await client.close()
  })
})
