import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as whole from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error: a script of the build, without types
import { buildUndici } from '../../bin/bundle.mjs'

type Undici = Pick<typeof whole, 'Agent' | 'buildConnector'>

/** What the program bundles of undici's private files, beside the package as it is published. */
let slim: Undici
const server = createServer((request, response) => {
  if (request.url === '/cut') return void request.socket.destroy()
  let body = ''
  request.on('data', (chunk) => {
    body += String(chunk)
  })
  request.on('end', () => {
    response.setHeader('X-Two', ['a', 'b'])
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'Content-Type': 'text/plain' })
    response.end(`${request.method} ${request.headers['x-mine'] ?? ''} ${body}`)
  })
})
let origin = ''

beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'occi-slim-')), 'undici.cjs')
  await buildUndici(file)
  slim = createRequire(import.meta.url)(file) as Undici
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

/** Everything that src/transport/undici.ts looks at in an answer. */
async function ask({ Agent, buildConnector }: Undici, path: string, method: 'GET' | 'POST', body?: string) {
  const agent = new Agent({
    connect: buildConnector({ timeout: 1000, allowH2: false }),
    connections: 2,
    pipelining: 1,
    maxHeaderSize: 1 << 20,
    strictContentLength: true,
  })
  try {
    return await new Promise((resolve, reject) => {
      const parts: Buffer[] = []
      let head = {}
      agent.dispatch(
        { origin, path, method, headers: ['X-Mine', 'ä'.normalize()], body: body ?? null },
        {
          onRequestStart() {},
          onResponseStart(controller, status, _, reason) {
            const raw = controller.rawHeaders as readonly Buffer[]
            const headers = raw.map((text) => text.toString('latin1'))
            head = { status, reason, headers: headers.filter((name) => !/date|GMT/i.test(name)) }
          },
          onResponseData: (_, part) => void parts.push(part),
          onResponseEnd: () => resolve({ ...head, text: Buffer.concat(parts).toString() }),
          onResponseError: (_, error) => reject(error),
        },
      )
    })
  } catch (error) {
    return { code: (error as { code?: string }).code, name: (error as Error).name }
  } finally {
    await agent.close()
  }
}

describe('the slim undici', () => {
  it.each([
    ['/', 'GET', undefined],
    ['/', 'POST', 'a body'],
    ['/missing', 'GET', undefined],
    ['/cut', 'GET', undefined],
  ] as const)('the slim undici answers like the complete one: %s %s %s', async (path, method, body) => {
    expect(await ask(slim, path, method, body)).toEqual(await ask(whole, path, method, body))
  })

  it('the slim undici exports what the program uses', () => {
    expect(Object.keys(slim).sort()).toEqual(['Agent', 'buildConnector'])
  })
})
