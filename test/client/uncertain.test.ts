import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import { withRetries } from '../../src/transport/retry.js'
import { connectionReset, recordedTransport } from '../support/nock.js'
import { computeText, inText, textCloud, textModel } from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const titled = (title: string) => inText(computeText({ 'occi.core.title': JSON.stringify(title) }))
const listed = inText(`X-OCCI-Location: ${vm}`)
const emptyList = inText('')
const web = { kind: 'compute', title: 'web' }
const retrying = () => textCloud({ transport: withRetries(recordedTransport(), { retries: 1, delay: 1 }) })

describe('a create that is answered by an error', () => {
  it.each([406, 408, 415, 425, 429, 500, 503, 504, 507])(
    'a create answered by status %i whose machine exists is reported as done, and never sent again (E5)',
    async (status) => {
      const { cloud, client } = textCloud()
      cloud.post('/compute/', /occi\.core\.title="web"/).reply(status, 'sorry')
      cloud.get('/compute/').reply(...listed)
      cloud.get('/compute/1').reply(...titled('web'))
      await expect(client.create(web)).rejects.toMatchObject({
        code: 'outcome-unknown',
        message: expect.stringContaining(vm),
        facts: { candidates: [vm] },
      })
    },
  )

  it.each([408, 503, 504])(
    'a create answered by status %i of a gateway may still be carried out',
    async (status) => {
      const { cloud, client } = textCloud()
      cloud.post('/compute/').reply(status)
      cloud.get('/compute/').reply(...emptyList)
      await expect(client.create(web)).rejects.toMatchObject({ code: 'outcome-unknown' })
    },
  )

  it.each([301, 302, 303])(
    'a create answered by status %i with a Location of the machine succeeded',
    async (status) => {
      const { cloud, client, deviations } = textCloud()
      cloud.post('/compute/').reply(status, '', { Location: '/compute/1' })
      cloud.get('/compute/1').reply(...titled('web'))
      expect((await client.create(web)).location).toBe(vm)
      expect(deviations.map(({ code }) => code)).toContain('error-after-write')
    },
  )

  it.each([
    [301, '/compute'],
    [302, 'https://cloud.test/compute/'],
    [307, undefined],
  ])(
    'a create answered by status %i for %s was certainly not carried out, and nothing is looked up',
    async (status, location) => {
      const { cloud, client } = textCloud()
      cloud.post('/compute/').reply(status, '', location === undefined ? {} : { Location: location })
      await expect(client.create(web)).rejects.toMatchObject({ code: 'server' })
    },
  )

  it('a create answered by an error ends with that error when no new entity is found', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/').reply(500, 'no')
    cloud.get('/compute/').reply(...emptyList)
    await expect(client.create(web)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('500'),
    })
  })

  it('the outcome of a create without a title is unknown, because there is nothing to look for', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/').reply(500)
    await expect(client.create({ kind: 'compute' })).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it('a create with a chosen id that is answered by an error succeeded when the entity exists', async () => {
    const { cloud, client } = textCloud()
    cloud.put('/compute/mine').reply(415)
    cloud.get('/compute/mine').reply(...titled('web'))
    await expect(client.create({ kind: 'compute', id: 'mine' })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('exists'),
      facts: { created: 'http://cloud.test/compute/mine' },
    })
  })

  it('a create with a chosen id does not claim an entity that has other values', async () => {
    const { cloud, client } = textCloud()
    cloud.put('/compute/mine').reply(412)
    cloud.get('/compute/mine').reply(...titled('older'))
    await expect(client.create({ ...web, id: 'mine' })).rejects.toMatchObject({
      code: 'outcome-unknown',
      facts: { candidates: ['http://cloud.test/compute/mine'] },
    })
  })

  it('a create that is refused for its content is not looked up', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/').reply(400, 'Could not find a valid kind.')
    await expect(client.create(web)).rejects.toMatchObject({ code: 'server' })
  })
})

describe('a connection that breaks', () => {
  it('a create whose connection breaks is looked up and not repeated', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/').replyWithError(connectionReset())
    cloud.get('/compute/').reply(...emptyList)
    await expect(client.create(web)).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining('may still be created'),
    })
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
    await expect(client.create(web)).rejects.toMatchObject({ code: 'network' })
    expect(transport.requests.at(-1)?.method).toBe('POST')
  })

  it('the outcome of an action whose connection breaks is unknown', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/1?action=stop', /^Category: stop;/).replyWithError(connectionReset())
    cloud.get('/compute/1').reply(...inText(computeText({ 'occi.compute.state': '"active"' })))
    await expect(client.trigger(vm, 'stop')).rejects.toMatchObject({
      code: 'outcome-unknown',
      facts: { state: 'active' },
    })
  })
})

describe('a raw PUT', () => {
  it('a raw PUT is not repeated, since it may create an entity', async () => {
    const { cloud, client } = retrying()
    cloud.put('/compute/mine').reply(503)
    const { status, attempts } = await client.raw({ method: 'PUT', path: '/compute/mine' })
    expect([status, attempts]).toEqual([503, undefined])
  })
})

describe('a delete', () => {
  it('the hint does not claim that a delete was sent once', async () => {
    const { cloud, client } = retrying()
    cloud.delete('/compute/1').times(2).reply(503)
    cloud.get('/compute/1').reply(...titled('x'))
    await expect(client.delete(vm)).rejects.toMatchObject({
      code: 'outcome-unknown',
      hint: 'Check the provider before you try again.',
    })
  })

  it('the outcome of a delete whose answer is lost is unknown when the entity is still there', async () => {
    const { cloud, client } = textCloud()
    cloud.delete('/compute/1').replyWithError(connectionReset())
    cloud.get('/compute/1').reply(...titled('x'))
    await expect(client.delete(vm)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it('a delete whose answer is lost succeeded when the entity is gone', async () => {
    const { cloud, client } = textCloud()
    cloud.delete('/compute/1').replyWithError(connectionReset())
    cloud.get('/compute/1').reply(404)
    await client.delete(vm)
  })

  it('a delete that is answered 406 after it was done succeeded', async () => {
    const { cloud, client, deviations } = textCloud()
    cloud.delete('/compute/1').reply(406)
    cloud.get('/compute/1').reply(404)
    await client.delete(vm)
    expect(deviations.map(({ code }) => code)).toContain('error-after-write')
  })

  it('a delete that leaves the entity is an error (erocci cannot delete links) (E12)', async () => {
    const { cloud, client } = textCloud()
    cloud.delete('/compute/1').reply(500, 'error: {aborted}')
    cloud.get('/compute/1').reply(...titled('x'))
    await expect(client.delete(vm)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('aborted'),
    })
  })

  it('the error for a delete answered 404 reports that the entity still exists (OCCI-OS after a failed link) (Q17)', async () => {
    const { cloud, client } = textCloud()
    cloud.delete('/compute/1').reply(404, "'/storage/link/9395'")
    cloud.get('/compute/1').reply(...titled('x'))
    await expect(client.delete(vm)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('still exists'),
    })
  })

  it('a delete of what does not exist is not found', async () => {
    const { cloud, client } = textCloud()
    cloud.delete('/compute/1').reply(404)
    cloud.get('/compute/1').reply(404)
    await expect(client.delete(vm)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('an update', () => {
  it('the error for an update answered 406 after it was done says that it was done', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/1', /occi\.core\.title="new"/).reply(406)
    cloud.get('/compute/1').reply(...titled('new'))
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      facts: { changed: vm },
    })
  })

  it('an update that was not done fails with the original error', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/1', /occi\.core\.title="new"/).reply(500, 'no')
    cloud.get('/compute/1').reply(...titled('old'))
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      facts: undefined,
    })
  })

  it('an update that is answered only by OK is read again', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/compute/1', /occi\.core\.title="new"/).reply(200, 'OK')
    cloud.get('/compute/1').reply(...titled('new'))
    expect((await client.update(vm, { title: 'new' })).title).toBe('new')
  })

  it('a deviation reports an update that the provider ignored', async () => {
    const { cloud, client, deviations } = textCloud()
    cloud.post('/compute/1', /occi\.core\.title="new"/).reply(...titled('old'))
    await client.update(vm, { title: 'new' })
    expect(deviations.map(({ code }) => code)).toContain('not-as-asked')
  })
})
