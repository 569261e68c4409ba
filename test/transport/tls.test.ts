import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { OcciError } from '../../src/errors/errors.js'
import type { TlsMaterial } from '../../src/transport/index.js'
import { type Certificates, certificates } from './certificates.js'
import { listening, rejection, reply, requestReader, transport } from './loopback.js'

let made: Certificates
beforeAll(() => {
  made = certificates()
})

async function secure(options: TlsOptions): Promise<string> {
  const server = createServer(options)
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    requestReader([], () => {
      const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined
      socket.write(
        reply('200 OK', [`X-Client: ${subject?.CN ?? 'nobody'}`, `X-Tls: ${socket.getProtocol()}`], 'hello'),
      )
    })(socket)
  })
  const { port } = await listening(server)
  return `https://localhost:${port}/`
}

/** Node's server closes without an alert where OpenSSL's sends one. */
async function opensslServer(...args: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'occi-alert-'))
  writeFileSync(join(folder, 'server.pem'), made.server.cert + made.server.key)
  writeFileSync(join(folder, 'ca.pem'), made.ca.cert)
  const probe = createPlainServer()
  const { port } = await listening(probe)
  await new Promise((resolve) => probe.close(resolve))
  const child: ChildProcess = spawn(
    'openssl',
    ['s_server', '-accept', String(port), '-cert', 'server.pem', '-CAfile', 'ca.pem', '-www', ...args],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  onTestFinished(async () => {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })
  let out = ''
  for await (const data of child.stdout ?? []) {
    out += String(data)
    if (out.includes('ACCEPT')) break
  }
  return `https://localhost:${port}/`
}

async function failed(url: string, tls: TlsMaterial): Promise<OcciError> {
  return (await rejection(transport({ tls }).send({ method: 'GET', url, headers: [] }))) as OcciError
}

describe('TLS', () => {
  it('TLS trusts the given CA and sends the client certificate, also with an encrypted key', async () => {
    const url = await secure({
      ...made.server,
      ca: [made.ca.cert],
      requestCert: true,
      rejectUnauthorized: false,
    })
    const ca = [made.ca.cert]
    for (const tls of [
      { ca, ...made.client },
      { ca, cert: made.client.cert, key: made.encryptedKey, passphrase: made.passphrase },
    ]) {
      const { headers, body } = await transport({ tls }).send({ method: 'GET', url, headers: [] })
      expect([headers[0]?.[1], body]).toEqual(['Alice', 'hello'])
    }
    const insecure = await transport({ tls: { insecure: true } }).send({ method: 'GET', url, headers: [] })
    expect(insecure.headers[0]?.[1]).toBe('nobody')
  })

  it('TLS uses only the given versions', async () => {
    const url = await secure(made.server)
    const tls = { ca: [made.ca.cert], maxVersion: 'TLSv1.2' } as const
    expect((await transport({ tls }).send({ method: 'GET', url, headers: [] })).headers[1]?.[1]).toBe(
      'TLSv1.2',
    )
    const old = await secure({ ...made.server, maxVersion: 'TLSv1.2' })
    const error = await failed(old, { ca: [made.ca.cert], minVersion: 'TLSv1.3' })
    expect(error).toMatchObject({ code: 'network', facts: { sent: 'no' } })
    expect(error.message).toContain('no TLS version in common')
  })

  it.each([
    ['selfSigned', 'self-signed', '`tls.ca`'],
    ['server', 'is signed by an authority that is not trusted', '`tls.ca`'],
  ] as const)('TLS explains why it does not trust a certificate: %s', async (name, words, hint) => {
    const error = await failed(await secure(made[name]), {})
    expect(error).toMatchObject({ code: 'network', facts: { sent: 'no' } })
    expect(error.message).toContain(words)
    expect(error.hint).toContain(hint)
  })

  it('TLS reports an expired certificate', async () => {
    expect((await failed(await secure(made.expired), { ca: [made.ca.cert] })).message).toContain(
      'has expired',
    )
  })

  it('TLS lists the names of a certificate', async () => {
    const error = await failed(await secure(made.elsewhere), { ca: [made.ca.cert] })
    expect(error.message).toContain('another.example.org, b.example.org')
    expect(error.facts).toMatchObject({ names: ['another.example.org', 'b.example.org'], sent: 'no' })
  })

  it('TLS reports a port that does not speak TLS', async () => {
    const server = createPlainServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))
    })
    const { port } = await listening(server)
    const error = await failed(`https://localhost:${port}/`, {})
    expect(error.message).toContain('does not speak TLS')
    expect(error.hint).toContain('http://')
  })

  it.each([
    [[], 'requires a client certificate and none was sent', 'certificate_required'],
    [['-tls1_2'], 'in the handshake', 'handshake_failure'],
  ] as const)(
    'TLS keeps the alert of a server that requires a client certificate (%j)',
    async (args, words, alert) => {
      const url = await opensslServer('-Verify', '5', '-verify_return_error', ...args)
      const error = await failed(url, { ca: [made.ca.cert] })
      expect(error).toMatchObject({ code: 'network', facts: { alert } })
      expect(error.message).toContain(words)
    },
  )

  it('TLS keeps the alert of a server that does not know the client', async () => {
    const url = await opensslServer('-Verify', '5', '-verify_return_error')
    const error = await failed(url, { ca: [made.ca.cert], ...made.selfSigned })
    expect(error).toMatchObject({
      code: 'network',
      facts: { alert: expect.stringMatching(/unknown_ca|bad_certificate/) },
    })
  })

  it.each([
    [
      'a missing passphrase',
      () => ({ cert: made.client.cert, key: made.encryptedKey }),
      // Once in 256 times the garbage that comes out has a padding that OpenSSL takes.
      /passphrase is (missing or )?wrong/,
    ],
    [
      'a wrong passphrase',
      () => ({ cert: made.client.cert, key: made.encryptedKey, passphrase: 'planted' }),
      /passphrase/,
    ],
    [
      'a key of another certificate',
      () => ({ cert: made.client.cert, key: made.server.key }),
      /does not belong/,
    ],
    [
      'a file that is not a certificate',
      () => ({ cert: 'planted', key: made.client.key }),
      /not in the expected format/,
    ],
    ['a file that is not a PKCS#12', () => ({ pfx: Buffer.from('planted') }), /not in the expected format/],
  ])('TLS reports %s before anything is sent', async (_, material, words) => {
    const error = await failed(await secure(made.server), { ca: [made.ca.cert], ...material() })
    expect(error).toMatchObject({ code: 'config', facts: { sent: 'no' } })
    expect(error.message).toMatch(words)
    expect(JSON.stringify([error.message, error.hint, error.facts, String(error.cause)])).not.toContain(
      'planted',
    )
  })
})
