import { X509Certificate } from 'node:crypto'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTrust, type TrustInput } from '../../../../src/auth/index.js'
import { readBytes } from '../../../../src/files/index.js'
import { createTransport } from '../../../../src/transport/index.js'
import { Lab, leaf, nodeServer, type TlsServer } from './lab.js'

let lab: Lab
let server: TlsServer
beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/CN=CA 1')
  lab.authority('ca2', '/CN=CA 2')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  server = await nodeServer(lab, 'ca')
  await mkdir(lab.path('hashed'))
  lab.join('hashed/ca.pem', 'ca.pem')
  lab.join('hashed/ca2.pem', 'ca2.pem')
  lab.openssl('rehash', 'hashed')
  await writeFile(lab.path('hashed/00000000.r0'), 'not a certificate')
  await mkdir(lab.path('plain'))
  lab.join('plain/one.crt', 'ca.pem')
  await mkdir(lab.path('empty'))
})
afterAll(async () => {
  await server?.close()
  lab?.remove()
})

const input = (more: Partial<TrustInput>): TrustInput => ({
  env: () => undefined,
  readFile: readBytes,
  readDirectory: async (path) => {
    // The grid's directory of the machine that runs the tests must not matter.
    if (path.startsWith('/etc/')) throw new Error('ENOENT')
    return readdir(path)
  },
  ...more,
})
const names = (ca: readonly string[]) => ca.map((text) => new X509Certificate(text).subject)

describe('loadTrust', () => {
  it.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])(
    'loadTrust adds the authorities of %s to the roots',
    async (variable) => {
      const env = (name: string) => (name === variable ? lab.path('ca.pem') : undefined)
      const trust = await loadTrust(input({ env }))
      expect(trust).toMatchObject({ builtInRoots: true, sources: [`${variable} ${lab.path('ca.pem')}`] })
      expect(names(trust.ca)).toEqual(['CN=CA 1'])
      // What an option names replaces all of them.
      const named = await loadTrust(input({ env, caFile: lab.path('ca2.pem') }))
      expect(names(named.ca)).toEqual(['CN=CA 2'])
    },
  )

  it.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'X509_CERT_DIR'])(
    'loadTrust refuses a relative %s, which means another authority in each folder',
    async (variable) => {
      const env = (name: string) => (name === variable ? 'ca.pem' : undefined)
      await expect(loadTrust(input({ env }))).rejects.toThrow(`${variable} is "ca.pem", a relative path`)
      // An option says which authorities count, and no variable is looked at.
      expect(names((await loadTrust(input({ env, caFile: lab.path('ca2.pem') }))).ca)).toEqual(['CN=CA 2'])
    },
  )

  it('loadTrust reports why a file cannot be read, and stops at one without end', async () => {
    await expect(loadTrust(input({ caFile: '/dev/zero' }))).rejects.toThrow('it is a device')
    await expect(loadTrust(input({ caFile: lab.path('missing') }))).rejects.toThrow('there is no such file')
  })

  it('loadTrust reads a hashed directory as OpenSSL does, without revocation lists', async () => {
    const trust = await loadTrust(input({ caPath: lab.path('hashed') }))
    expect(names(trust.ca).sort()).toEqual(['CN=CA 1', 'CN=CA 2'])
    expect(trust.builtInRoots).toBe(false)
  })

  it('loadTrust reads a directory of .crt and .pem files', async () => {
    expect(names((await loadTrust(input({ caPath: lab.path('plain') }))).ca)).toEqual(['CN=CA 1'])
  })

  it('loadTrust reads a file with several certificates, each once', async () => {
    lab.join('bundle.pem', 'ca.pem', 'ca2.pem', 'ca.pem')
    expect(names((await loadTrust(input({ caFile: lab.path('bundle.pem') }))).ca)).toEqual([
      'CN=CA 1',
      'CN=CA 2',
    ])
  })

  it('loadTrust adds X509_CERT_DIR to the built-in roots, and the option takes precedence', async () => {
    const env = (name: string) => (name === 'X509_CERT_DIR' ? lab.path('hashed') : undefined)
    expect(await loadTrust(input({ env }))).toMatchObject({
      builtInRoots: true,
      sources: [`X509_CERT_DIR ${lab.path('hashed')}`],
    })
    expect(names((await loadTrust(input({ env, caFile: lab.path('ca2.pem') }))).ca)).toEqual(['CN=CA 2'])
  })

  it("loadTrust finds the grid's directory when there is one", async () => {
    const trust = await loadTrust(
      input({
        readDirectory: async (path) =>
          path === '/etc/grid-security/certificates' ? ['12345678.0', '12345678.r0'] : [],
        readFile: async () => Buffer.from(lab.read('ca.pem')),
      }),
    )
    expect(trust).toMatchObject({ builtInRoots: true, sources: ['/etc/grid-security/certificates'] })
    expect(trust.ca).toHaveLength(1)
  })

  it("loadTrust adds the system's bundle on request", async () => {
    const trust = await loadTrust(
      input({
        caSystem: true,
        readFile: async (path) => {
          if (path !== '/etc/pki/tls/certs/ca-bundle.crt') throw new Error('ENOENT')
          return Buffer.from(lab.read('ca2.pem'))
        },
      }),
    )
    expect(names(trust.ca)).toEqual(['CN=CA 2'])
  })

  it("loadTrust replaces the built-in roots by a file and the system's bundle, unless there is no bundle", async () => {
    const bundle = async (path: string) => {
      if (path.startsWith('/etc/') && path !== '/etc/ssl/cert.pem') throw new Error('ENOENT')
      return Buffer.from(lab.read(path.startsWith('/etc/') ? 'ca2.pem' : 'ca.pem'))
    }
    const both = await loadTrust(input({ caFile: 'ca.pem', caSystem: true, readFile: bundle }))
    expect(both.builtInRoots).toBe(false)
    expect(names(both.ca)).toEqual(['CN=CA 1', 'CN=CA 2'])
    const noBundle = async (path: string) => {
      if (path.startsWith('/etc/')) throw new Error('ENOENT')
      return Buffer.from(lab.read('ca.pem'))
    }
    expect(await loadTrust(input({ caFile: 'ca.pem', caSystem: true, readFile: noBundle }))).toMatchObject({
      builtInRoots: true,
      sources: ['ca.pem'],
    })
  })

  it('loadTrust reports why a directory cannot be read', async () => {
    const reason = 'gone cannot be read: there is no such file or folder'
    await expect(loadTrust(input({ caPath: lab.path('gone') }))).rejects.toThrow(reason)
    const env = (name: string) => (name === 'X509_CERT_DIR' ? lab.path('gone') : undefined)
    await expect(loadTrust(input({ env }))).rejects.toThrow(reason)
    await expect(loadTrust(input({ caPath: lab.path('empty') }))).rejects.toThrow(
      'There are no CA certificates in',
    )
  })

  it.each(['absent.pem', 'empty'])('loadTrust reports that %s holds no certificate', async (name) => {
    const wrong = name === 'empty' ? { caPath: lab.path(name) } : { caFile: lab.path(name) }
    await expect(loadTrust(input(wrong))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(name),
    })
  })

  it('loadTrust returns what a transport needs to trust the server', async () => {
    const open = async (ca: readonly string[]) => {
      const transport = createTransport({
        userAgent: 'test',
        tls: { ca, cert: lab.read('server.pem'), key: lab.read('server.key') },
      })
      return transport.send({ method: 'GET', url: server.url, headers: [] }).finally(() => transport.close())
    }
    const { ca } = await loadTrust(input({ caPath: lab.path('hashed') }))
    expect((await open(ca)).status).toBe(200)
    const wrong = await loadTrust(input({ caFile: lab.path('ca2.pem') }))
    await expect(open(wrong.ca)).rejects.toMatchObject({
      code: 'network',
      hint: expect.stringContaining('tls.ca'),
    })
    await rename(lab.path('hashed'), lab.path('gone'))
  })
})
