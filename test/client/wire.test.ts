import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import { computeText, textModel } from './mocked.js'

let server: Server | undefined
let client: OcciClient | undefined

afterEach(async () => {
  await client?.close()
  server?.closeAllConnections()
  server?.close()
})

/** A provider on loopback, and what it was sent. */
async function provider() {
  const seen: IncomingMessage[] = []
  server = createServer((request, response) => {
    seen.push(request)
    request.resume().on('end', () => {
      const body = request.url === '/-/' ? textModel() : computeText({ 'occi.core.title': '"x"' })
      response.writeHead(200, { 'Content-Type': 'text/plain', Location: '/compute/1' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  client = new OcciClient({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return { client, seen }
}

describe('a request on the wire', () => {
  it.each(['accept', 'content-type'])(
    "a request has the user's %s in place of the client's, once",
    async (name) => {
      const { client: plain, seen } = await provider()
      client = new OcciClient({ endpoint: plain.endpoint, headers: [[name, 'text/occi']] })
      await plain.close()
      await client.raw({ method: 'POST', path: '/-/', body: 'x' })
      await client.create({ kind: 'compute', title: 'web' })
      for (const { method, rawHeaders } of seen.filter((one) => one.method === 'POST')) {
        const given = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
        expect([method, given]).toEqual(['POST', ['text/occi']])
      }
      expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(2)
    },
  )

  it('a request has a Content-Length and is never chunked, which pyssf cannot read (Q8)', async () => {
    const { client, seen } = await provider()
    await client.create({ kind: 'compute', title: 'Ünïcode, VM' })
    await client.trigger('/compute/1', 'start')
    const posts = seen.filter(({ method }) => method === 'POST')
    expect(posts).toHaveLength(2)
    for (const { headers } of posts) {
      expect(headers['transfer-encoding']).toBeUndefined()
      expect(Number(headers['content-length'])).toBeGreaterThan(50)
    }
  })

  it('a request announces OCCI/1.1, because servers answer a higher version with 501 (ooi-19)', async () => {
    const { client, seen } = await provider()
    await client.describe('/compute/1')
    for (const { headers } of seen) expect(headers['user-agent']).toMatch(/\bOCCI\/1\.1$/)
  })

  it('requests in a row use one connection', async () => {
    const { client, seen } = await provider()
    for (let n = 0; n < 5; n++) await client.describe('/compute/1')
    expect(new Set(seen.map(({ socket }) => socket.remotePort)).size).toBe(1)
  })
})
