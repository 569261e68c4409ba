import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import { recordedTransport } from '../support/nock.js'
import { computeText, mocked, type Reply, textModel, textProvider, textReply } from './mocked.js'

const vm = 'http://cloud.test/compute/1'

function provider(
  writes: (method: string, path: string) => Reply | undefined,
  reads: () => Record<string, Reply>,
) {
  return mocked(
    textProvider('test', ({ method, path }) => (method === 'GET' ? reads()[path] : writes(method, path))),
  )
}

describe('a create that is answered by an error', () => {
  const titled = textReply(computeText({ 'occi.core.title': '"web"' }))

  it.each([406, 408, 415, 425, 429, 500, 503, 504, 507])(
    'a create answered by status %i whose machine exists is reported as done, and never sent again (E5)',
    async (status) => {
      const { client, seen } = provider(
        () => ({ status, body: 'sorry' }),
        () => ({ '/compute/': textReply(`X-OCCI-Location: ${vm}`), '/compute/1': titled }),
      )
      await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({
        code: 'outcome-unknown',
        message: expect.stringContaining(vm),
        facts: { candidates: [vm] },
      })
      expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    },
  )

  it.each([408, 503, 504])(
    'a create answered by status %i of a gateway may still be carried out',
    async (status) => {
      const { client, seen } = provider(
        () => ({ status }),
        () => ({ '/compute/': textReply('') }),
      )
      await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({
        code: 'outcome-unknown',
      })
      expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    },
  )

  it.each([301, 302, 303])(
    'a create answered by status %i with a Location of the machine succeeded',
    async (status) => {
      const { client, seen, deviations } = provider(
        () => ({ status, headers: [['Location', '/compute/1']] }),
        () => ({ '/compute/1': titled }),
      )
      expect((await client.create({ kind: 'compute', title: 'web' })).location).toBe(vm)
      expect(deviations.map(({ code }) => code)).toContain('error-after-write')
      expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    },
  )

  it.each([
    [301, '/compute'],
    [302, 'https://cloud.test/compute/'],
    [307, undefined],
  ])(
    'a create answered by status %i for %s was certainly not carried out, and nothing is looked up',
    async (status, location) => {
      const { client, lines } = provider(
        () => ({ status, headers: location === undefined ? [] : [['Location', location]] }),
        () => ({}),
      )
      await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({ code: 'server' })
      expect(lines().at(-1)).toBe('POST /compute/')
    },
  )

  it('a create answered by an error ends with that error when no new entity is found', async () => {
    const { client } = provider(
      () => ({ status: 500, body: 'no' }),
      () => ({ '/compute/': textReply('') }),
    )
    await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('500'),
    })
  })

  it('the outcome of a create without a title is unknown, because there is nothing to look for', async () => {
    const { client } = provider(
      () => ({ status: 500 }),
      () => ({}),
    )
    await expect(client.create({ kind: 'compute' })).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it('a create with a chosen id that is answered by an error succeeded when the entity exists', async () => {
    const { client } = provider(
      () => ({ status: 415 }),
      () => ({ '/compute/mine': titled }),
    )
    await expect(client.create({ kind: 'compute', id: 'mine' })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('exists'),
      facts: { created: 'http://cloud.test/compute/mine' },
    })
  })

  it('a create that is refused for its content is not looked up', async () => {
    const { client, lines } = provider(
      () => ({ status: 400, body: 'Could not find a valid kind.' }),
      () => ({}),
    )
    await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({ code: 'server' })
    expect(lines().at(-1)).toBe('POST /compute/')
  })
})

describe('a connection that breaks', () => {
  it('a create whose connection breaks is looked up and not repeated', async () => {
    const { client, seen } = provider(
      () => ({ broken: true }),
      () => ({ '/compute/': textReply('') }),
    )
    await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining('may still be created'),
    })
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(seen.at(-1)?.path).toBe('/compute/')
  })

  it('a create whose connection breaks before anything was sent is not looked up', async () => {
    // nock breaks a connection only after it was made, so a server on loopback closes its port.
    const server = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain', Connection: 'close' }).end(textModel())
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const transport = recordedTransport()
    const { port } = server.address() as AddressInfo
    const client = new OcciClient({ endpoint: `http://127.0.0.1:${port}/`, transport })
    await client.model()
    await new Promise((done) => server.close(done))
    await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({ code: 'network' })
    expect(transport.requests.at(-1)?.method).toBe('POST')
  })

  it('the outcome of an action whose connection breaks is unknown', async () => {
    const { client } = provider(
      () => ({ broken: true }),
      () => ({ '/compute/1': textReply(computeText({ 'occi.compute.state': '"active"' })) }),
    )
    await expect(client.trigger(vm, 'stop')).rejects.toMatchObject({
      code: 'outcome-unknown',
      facts: { state: 'active' },
    })
  })
})

describe('a delete', () => {
  it.each([
    ['still there', textReply(computeText({ 'occi.core.title': '"x"' })), 'outcome-unknown'],
    ['gone', undefined, undefined],
  ])('a delete whose answer is lost is looked up: %s', async (_, reply, code) => {
    const { client, seen } = provider(
      () => ({ broken: true }),
      () => (reply === undefined ? {} : { '/compute/1': reply }),
    )
    const outcome = await client.delete(vm).then(
      () => undefined,
      (error: { code: string }) => error.code,
    )
    expect(outcome).toBe(code)
    expect(seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
  })

  it('a delete that is answered 406 after it was done succeeded', async () => {
    const { client, deviations } = provider(
      () => ({ status: 406 }),
      () => ({}),
    )
    await client.delete(vm)
    expect(deviations.map(({ code }) => code)).toContain('error-after-write')
  })

  it('a delete that leaves the entity is an error (erocci cannot delete links) (E12)', async () => {
    const { client } = provider(
      () => ({ status: 500, body: 'error: {aborted}' }),
      () => ({ '/compute/1': textReply(computeText({ 'occi.core.title': '"x"' })) }),
    )
    await expect(client.delete(vm)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('aborted'),
    })
  })

  it('the error for a delete answered 404 says that the entity still exists (OCCI-OS after a failed link) (Q17)', async () => {
    const { client } = provider(
      () => ({ status: 404, body: "'/storage/link/9395'" }),
      () => ({ '/compute/1': textReply(computeText({ 'occi.core.title': '"x"' })) }),
    )
    await expect(client.delete(vm)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('still there'),
    })
  })

  it('a delete of what does not exist is not found', async () => {
    const { client } = provider(
      () => ({ status: 404 }),
      () => ({}),
    )
    await expect(client.delete(vm)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('an update', () => {
  const showing = (title: string) => textReply(computeText({ 'occi.core.title': JSON.stringify(title) }))

  it('the error for an update answered 406 after it was done says that it was done', async () => {
    const { client } = provider(
      () => ({ status: 406 }),
      () => ({ '/compute/1': showing('new') }),
    )
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      facts: { changed: vm },
    })
  })

  it('an update that was not done fails with the original error', async () => {
    const { client } = provider(
      () => ({ status: 500, body: 'no' }),
      () => ({ '/compute/1': showing('old') }),
    )
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      facts: undefined,
    })
  })

  it('an update that is answered only by OK is read again', async () => {
    const { client } = provider(
      () => ({ status: 200, body: 'OK' }),
      () => ({ '/compute/1': showing('new') }),
    )
    expect((await client.update(vm, { title: 'new' })).title).toBe('new')
  })

  it('a deviation reports an update that the provider ignored', async () => {
    const { client, deviations } = provider(
      () => showing('old'),
      () => ({}),
    )
    await client.update(vm, { title: 'new' })
    expect(deviations.map(({ code }) => code)).toContain('not-as-asked')
  })
})
