import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createTransport } from '../../src/transport/index.js'

/** Bytes after which the transport pauses a connection. */
const buffer = 65_536

/** A server that closes the connection soon after its response, as one does that keeps connections for a short time. */
async function serve(pieces: readonly string[], head: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', async () => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`)
      for (const piece of pieces) {
        await sleep(20)
        socket.write(piece)
      }
      await sleep(50)
      socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

describe('a reader that is slower than the server', () => {
  it.each([
    ['of one full buffer', ['x'.repeat(buffer)]],
    ['whose last piece fills the buffer', ['x'.repeat(buffer / 2), 'x'.repeat(buffer / 2)]],
    ['of many buffers', ['x'.repeat(buffer * 8)]],
  ])(
    'a slow reader gets the whole body %s although the server closes the connection before it is read',
    async (_, pieces) => {
      const size = pieces.join('').length
      const readSlowly = async (head: string) => {
        const { server, url } = await serve(pieces, head)
        const transport = createTransport()
        const { chunks } = await transport.stream({ method: 'GET', url, headers: [] })
        await sleep(300)
        let length = 0
        for await (const chunk of chunks) {
          length += chunk.length
          if (length >= size) await sleep(300)
        }
        await transport.close()
        server.close()
        return length
      }
      const lengths = await Promise.all([
        readSlowly(`Content-Length: ${size}`),
        readSlowly('Connection: close'),
      ])
      expect(lengths).toEqual([size, size])
    },
  )
})
