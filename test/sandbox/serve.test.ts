import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  openSandbox,
  type SandboxAuth,
  type SandboxServer,
  type ServeSettings,
  sandboxTransport,
  serveSandbox,
} from '../../src/sandbox/index.js'
import { kind } from './client.js'

let served: SandboxServer | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

async function serve(
  auth: SandboxAuth = { method: 'none' },
  settings: ServeSettings = {},
): Promise<SandboxServer> {
  served = await serveSandbox(openSandbox({ clock: Date.now, auth }).sandbox, settings)
  return served
}

/** What really crosses the wire. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'))
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
  })
}

describe('the sandbox on a socket', () => {
  it('the sandbox on a socket prints an endpoint on loopback', async () => {
    expect((await serve()).endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  })

  it('the sandbox on a socket never listens on a network', async () => {
    const { sandbox } = openSandbox({ clock: Date.now })
    await expect(serveSandbox(sandbox, { host: '0.0.0.0' })).rejects.toThrow(/loopback only/)
  })

  it('the sandbox on a socket reports a port in use', async () => {
    const { port } = await serve()
    const { sandbox } = openSandbox({ clock: Date.now })
    await expect(serveSandbox(sandbox, { port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`)
  })

  it('the sandbox on a socket keeps repeated headers apart and carries UTF-8 in them', async () => {
    const { port } = await serve()
    const title = Buffer.from('Žluťoučký, "計算"'.replaceAll('"', '\\"'), 'utf8').toString('latin1')
    const answer = await raw(
      port,
      [
        'POST /compute/ HTTP/1.1',
        'Host: here',
        'Content-Type: text/occi',
        'Accept: text/occi',
        'Connection: close',
        'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
        'Category: small; scheme="http://sandbox.example.org/occi/resource_tpl#"; class="mixin"',
        'X-OCCI-Attribute: occi.compute.share=7',
        `X-OCCI-Attribute: occi.core.title="${title}"`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    ).then((text) => Buffer.from(text, 'latin1').toString('utf8'))
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/)
    const [, path = ''] = /\r\nLocation: http:\/\/here(\/compute\/[^\r]+)\r\n/.exec(answer) ?? []
    const shown = await raw(port, `GET ${path} HTTP/1.0\r\nAccept: text/occi\r\n\r\n`)
    const text = Buffer.from(shown, 'latin1').toString('utf8')
    expect(text).toContain('X-OCCI-Attribute: occi.core.title="Žluťoučký, \\"計算\\""\r\n')
    expect(text).toContain('X-OCCI-Attribute: occi.compute.share=7\r\n')
    expect(text.endsWith('\r\n\r\nOK')).toBe(true)
  })

  it('the sandbox on a socket takes headers of a megabyte', async () => {
    const { port } = await serve()
    const title = 'x'.repeat(1_000_000)
    const answer = await raw(
      port,
      `POST /compute/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: text/occi\r\nCategory: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\r\nX-OCCI-Attribute: occi.core.title="${title}"\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 201/)
  })

  it('the sandbox on a socket refuses a body that is too large and continues', async () => {
    const { endpoint } = await serve()
    const answer = await fetch(`${endpoint}compute/`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'x'.repeat(9_000_000),
    })
    expect(answer.status).toBe(413)
    expect((await fetch(`${endpoint}-/`)).status).toBe(200)
  })

  it('the sandbox on a socket refuses a body by its bytes, not by its characters', async () => {
    const { endpoint } = await serve()
    const headers = { 'Content-Type': 'text/plain' }
    const body = 'ž'.repeat(3_000_000)
    expect((await fetch(`${endpoint}compute/`, { method: 'POST', headers, body })).status).toBe(413)
  })

  it('the sandbox on a socket asks for a user and a password', async () => {
    const { endpoint } = await serve({ method: 'basic', username: 'me', password: 'sécret:x' })
    const ask = (authorization?: string) =>
      fetch(`${endpoint}-/`, authorization === undefined ? {} : { headers: { Authorization: authorization } })
    const refused = await ask()
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="occi-sandbox", charset="UTF-8"',
    ])
    const coded = (text: string) => `Basic ${Buffer.from(text, 'utf8').toString('base64')}`
    expect((await ask(coded('me:wrong'))).status).toBe(401)
    expect((await ask(coded('me:sécret:x'))).status).toBe(200)
  })

  it('the sandbox on a socket answers HEAD without a body', async () => {
    const { port } = await serve()
    const answer = await raw(port, 'HEAD /-/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200/)
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })
})

describe('the sandbox without a socket', () => {
  it('the sandbox without a socket is a transport', async () => {
    const transport = sandboxTransport(openSandbox({ clock: Date.now }).sandbox)
    const created = await transport.send({
      method: 'POST',
      url: 'http://sandbox/compute/',
      headers: [['Content-Type', 'text/plain']],
      body: kind('compute'),
    })
    expect(created.status).toBe(201)
    const listed = await transport.stream({
      method: 'GET',
      url: 'http://sandbox/compute/',
      headers: [['Accept', 'text/uri-list']],
    })
    const chunks: string[] = []
    for await (const chunk of listed.chunks) chunks.push(chunk)
    expect(chunks.join('')).toMatch(/^http:\/\/sandbox\/compute\/[0-9a-f-]{36}\r\n$/)
    await transport.close()
  })

  it('the sandbox without a socket stops when its signal is aborted', async () => {
    const transport = sandboxTransport(openSandbox({ clock: Date.now }).sandbox)
    const signal = AbortSignal.abort()
    await expect(
      transport.send({ method: 'GET', url: 'http://sandbox/-/', headers: [], signal }),
    ).rejects.toThrow()
  })
})
