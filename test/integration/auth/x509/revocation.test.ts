/** Revocation lists beside the authorities of a hashed directory, made by openssl and met at a real TLS server. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTrust } from '../../../../src/auth/index.js'
import { readBytes } from '../../../../src/files/index.js'
import { createTransport } from '../../../../src/transport/index.js'
import { Lab, type ListOptions, leaf, nodeServer, proxyServer, type TlsServer } from './lab.js'

let lab: Lab
let server: TlsServer
let below: TlsServer

const intermediate = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/DC=org/DC=lab/CN=Lab Test CA')
  lab.authority('impostor', '/DC=org/DC=lab/CN=Lab Test CA')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  lab.key('user')
  lab.certificate('user', '/CN=Somebody', 'ca', leaf)
  server = await nodeServer(lab, 'ca')
  lab.key('issuing')
  lab.certificate('issuing', '/DC=org/DC=lab/CN=Issuing CA', 'ca', intermediate)
  lab.key('deep')
  lab.certificate('deep', '/CN=127.0.0.1', 'issuing', leaf)
  lab.join('deep-chain.pem', 'deep.pem', 'issuing.pem')
  below = await nodeServer(lab, 'ca', { cert: 'deep-chain.pem', key: 'deep.key' })
}, 60_000)
afterAll(async () => {
  await server?.close()
  await below?.close()
  lab?.remove()
})

/** A directory with the authority and these files beside it. */
function directory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = lab.path('certificates')
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  writeFileSync(`${path}/${lab.hash('ca')}.0`, lab.read('ca.pem'))
  for (const [name, content] of Object.entries(files)) writeFileSync(`${path}/${name}`, content)
  return path
}

function list(authority: string, options: ListOptions = {}): string {
  lab.revocationList(authority, 'list.pem', options)
  return lab.read('list.pem')
}

async function open(path: string, now = new Date()) {
  const {
    ca,
    builtInRoots: systemCa,
    checkServer,
  } = await loadTrust({
    caPath: path,
    env: () => undefined,
    readFile: readBytes,
    readDirectory: async (folder) => readdirSync(folder),
    now: () => now,
  })
  const transport = createTransport({
    userAgent: 'test',
    tls: {
      ca,
      systemCa,
      cert: lab.read('user.pem'),
      key: lab.read('user.key'),
      ...(checkServer === undefined ? {} : { checkServer }),
    },
  })
  return { transport }
}

async function ask(path: string, { url }: TlsServer = server, now = new Date()) {
  const { transport } = await open(path, now)
  try {
    return (await transport.send({ method: 'GET', url, headers: [] })).status
  } catch (error) {
    return error
  } finally {
    await transport.close()
  }
}

const refused = (words: RegExp, hint: RegExp) => ({
  code: 'network',
  message: expect.stringMatching(words),
  hint: expect.stringMatching(hint),
  facts: { sent: 'no' },
})

describe('revocation lists', () => {
  it('revocation lists accept what is not on them, and what has no list', async () => {
    const name = `${lab.hash('ca')}.r0`
    expect(await ask(directory({}))).toBe(200)
    expect(await ask(directory({ [name]: list('ca') }))).toBe(200)
    expect(await ask(directory({ [name]: list('ca', { revoked: ['user'] }) }))).toBe(200)
    // One whose name has the same hash, as far as file names go.
    lab.authority('other', '/CN=Other')
    expect(await ask(directory({ [name]: list('other', { nextUpdate: '20260102000000Z' }) }))).toBe(200)
  })

  it.each([
    ['PEM, by the name of today', 'new', (pem: string) => pem],
    ['PEM, by the name of before OpenSSL 1.0', 'old', (pem: string) => pem],
    ['DER', 'new', (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')],
  ] as const)('revocation lists refuse a revoked server: %s', async (_, kind, form) => {
    const hash = lab.hash('ca', kind)
    const content = form(list('ca', { revoked: ['user', 'server'] }))
    const path = directory({ [`${hash}.0`]: lab.read('ca.pem'), [`${hash}.r0`]: content })
    expect(await ask(path)).toMatchObject(
      refused(
        new RegExp(`^The certificate of 127.0.0.1:\\d+ has been revoked by its authority \\(.*${hash}.r0\\)`),
        /provider/,
      ),
    )
  })

  it('a revoked server is refused also when a newer list is beside an expired one, and when the list has expired', async () => {
    const hash = lab.hash('ca')
    const ended = { lastUpdate: '20260101000000Z', nextUpdate: '20260102000000Z' }
    const old = list('ca', { ...ended, revoked: ['server'] })
    expect(await ask(directory({ [`${hash}.r0`]: old }))).toMatchObject(
      refused(/has been revoked/, /provider/),
    )
    const clean = list('ca', ended)
    expect(await ask(directory({ [`${hash}.r0`]: clean, [`${hash}.r1`]: list('ca') }))).toBe(200)
  })

  it('expired and not yet valid revocation lists are errors with a suggestion', async () => {
    const hash = lab.hash('ca')
    const path = directory({
      [`${hash}.r0`]: list('ca', { lastUpdate: '20260101000000Z', nextUpdate: '20260201000000Z' }),
    })
    expect(await ask(path, server, new Date('2026-01-15T00:00:00Z'))).toBe(200)
    expect(await ask(path, server, new Date('2026-03-01T00:00:00Z'))).toMatchObject(
      refused(/cannot be checked: the revocation list .*\.r0, ended on 2026-02-01/, /fetch-crl/),
    )
    expect(await ask(path, server, new Date('2025-12-01T00:00:00Z'))).toMatchObject(
      refused(/begins only on 2026-01-01/, /clock/),
    )
  })

  it('revocation lists that the authority has not signed, or that are damaged, are refused', async () => {
    const hash = lab.hash('ca')
    const forged = list('impostor')
    expect(await ask(directory({ [`${hash}.r0`]: forged }))).toMatchObject(
      refused(/is not signed by/, /fetch-crl/),
    )
    const pem = list('ca', { revoked: ['server'] })
    const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
    const changed = Buffer.from(der)
    changed[100] = (changed[100] ?? 0) ^ 1
    for (const bad of ['', 'nothing', der.subarray(0, -1), changed]) {
      expect(await ask(directory({ [`${hash}.r0`]: bad }))).toMatchObject(
        refused(/cannot be checked/, /fetch-crl/),
      )
    }
  })

  it('revocation lists apply to intermediate authorities that the server sends', async () => {
    const hash = lab.hash('ca')
    expect(await ask(directory({ [`${hash}.r0`]: list('ca') }), below)).toBe(200)
    const path = directory({ [`${hash}.r0`]: list('ca', { revoked: ['issuing'] }) })
    expect(await ask(path, below)).toMatchObject(refused(/has been revoked/, /provider/))
    const own = lab.hash('issuing')
    const deep = directory({
      [`${own}.0`]: lab.read('issuing.pem'),
      [`${own}.r0`]: list('issuing', { revoked: ['deep'] }),
    })
    expect(await ask(deep, below)).toMatchObject(refused(/has been revoked/, /provider/))
  })

  it('revocation lists apply to each connection, also when the session of a refused one could be resumed', async () => {
    const hash = lab.hash('ca')
    const path = directory({ [`${hash}.r0`]: list('ca', { revoked: ['issuing'] }) })
    const { transport } = await open(path)
    for (let turn = 0; turn < 5; turn += 1) {
      await expect(transport.send({ method: 'GET', url: below.url, headers: [] })).rejects.toMatchObject(
        refused(/has been revoked/, /provider/),
      )
    }
    await transport.close()
  })

  it.each([
    ['RSA', ['-algorithm', 'RSA'], []],
    ['RSA-PSS', ['-algorithm', 'RSA'], ['-sigopt', 'rsa_padding_mode:pss']],
    ['RSA with SHA-512', ['-algorithm', 'RSA'], ['-md', 'sha512']],
    ['Ed25519', ['-algorithm', 'ED25519'], ['-md', 'null']],
  ])('revocation lists signed by %s are understood', async (_, algorithm, more) => {
    lab.key('signer', ...algorithm)
    lab.openssl('req', '-x509', '-new', '-key', 'signer.key', '-out', 'signer.pem', '-subj', '/CN=Signer')
    lab.key('site')
    lab.certificate('site', '/CN=127.0.0.1', 'signer', leaf)
    const site = await nodeServer(lab, 'ca', { cert: 'site.pem', key: 'site.key' })
    const hash = lab.hash('signer')
    const files = (revoked: readonly string[]) => ({
      [`${hash}.0`]: lab.read('signer.pem'),
      [`${hash}.r0`]: list('signer', { revoked, more }),
    })
    expect(await ask(directory(files([])), site)).toBe(200)
    expect(await ask(directory(files(['site'])), site)).toMatchObject(refused(/has been revoked/, /provider/))
    await site.close()
  })

  it('revocation lists are ignored with --insecure', async () => {
    const transport = createTransport({
      userAgent: 'test',
      tls: {
        insecure: true,
        cert: lab.read('user.pem'),
        key: lab.read('user.key'),
        checkServer: () => Promise.reject(new Error('called')),
      },
    })
    expect((await transport.send({ method: 'GET', url: server.url, headers: [] })).status).toBe(200)
    await transport.close()
  })

  it("the server's alert about the client certificate is not lost while lists are read", async () => {
    lab.authority('elsewhere', '/CN=Elsewhere')
    lab.key('stranger')
    lab.certificate('stranger', '/CN=Stranger', 'elsewhere', leaf)
    let chain: readonly Uint8Array[] = []
    const transport = createTransport({
      userAgent: 'test',
      tls: {
        ca: [lab.read('ca.pem')],
        cert: lab.read('stranger.pem'),
        key: lab.read('stranger.key'),
        checkServer: async (given) => {
          chain = given
          await new Promise((resolve) => setTimeout(resolve, 200))
        },
      },
    })
    const send = (url: string) => transport.send({ method: 'GET', url, headers: [] })
    const strict = await proxyServer(lab, 'ca')
    await expect(send(strict.url)).rejects.toMatchObject({ facts: { alert: 'unknown_ca' } })
    await strict.close()
    // node:https says nothing, and closes.
    await expect(send(server.url)).rejects.toMatchObject({ code: 'network', facts: { transient: true } })
    expect(chain.map((each) => new X509Certificate(each).subject.split('\n').at(-1))).toEqual([
      'CN=127.0.0.1',
      'CN=Lab Test CA',
    ])
    await transport.close()
  })
})
