/**
 * Client certificates, case by case: what Node reads and what servers answer to it, through
 * the plugin and the real transport, against real TLS servers.
 */
import { mkdir, rename } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authContext,
  loadAuthPlugin,
  memoryCache,
  nodePlatform,
  signedTransport,
} from '../../../../src/auth/index.js'
import type { OcciError } from '../../../../src/errors/errors.js'
import { type Purpose, UnreadableFileError } from '../../../../src/files/index.js'
import { createTransport, type TlsMaterial } from '../../../../src/transport/index.js'
import {
  Lab,
  leaf,
  limitedPolicy,
  nodeServer,
  passphrase,
  proxyExtensions,
  proxyServer,
  type TlsServer,
  vomsExtension,
} from './lab.js'

let lab: Lab
let node: TlsServer
let python: TlsServer
const person = '/DC=org/DC=lab/O=Masaryk University/CN=Demo User 1'

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/DC=org/DC=lab/CN=Lab Test CA')
  lab.authority('other-ca', '/DC=org/DC=other/CN=Other CA')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  lab.key('user', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048')
  lab.certificate('user', person, 'ca', leaf)
  lab.key('ec')
  lab.certificate('ec', person, 'ca', leaf)
  lab.key('stranger')
  lab.certificate('stranger', '/CN=Stranger', 'other-ca', leaf)
  lab.key('short', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512')
  lab.certificate('short', person, 'ca', leaf)
  const encrypted = ['-passout', `pass:${passphrase}`]
  lab.openssl('rsa', '-in', 'user.key', '-traditional', '-out', 'pkcs1.key')
  lab.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'user.key',
    '-v2',
    'aes-256-cbc',
    ...encrypted,
    '-out',
    'pkcs8-aes.key',
  )
  lab.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'user.key',
    '-v1',
    'PBE-SHA1-3DES',
    ...encrypted,
    '-out',
    'pkcs8-3des.key',
  )
  lab.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'user.key',
    '-v1',
    'PBE-MD5-DES',
    ...encrypted,
    '-out',
    'pkcs8-des.key',
    '-provider',
    'legacy',
    '-provider',
    'default',
  )
  lab.openssl('rsa', '-in', 'user.key', '-traditional', '-aes256', ...encrypted, '-out', 'legacy-aes.key')
  lab.openssl('rsa', '-in', 'user.key', '-traditional', '-des3', ...encrypted, '-out', 'legacy-3des.key')
  lab.join('cert-key.pem', 'user.pem', 'user.key')
  lab.join('key-cert.pem', 'user.key', 'user.pem')
  lab.join('encrypted-both.pem', 'pkcs8-aes.key', 'user.pem')
  const p12 = ['pkcs12', '-export', '-in', 'user.pem', '-inkey', 'user.key']
  lab.openssl(...p12, ...encrypted, '-out', 'aes.p12')
  lab.openssl(
    ...p12,
    '-keypbe',
    'PBE-SHA1-3DES',
    '-certpbe',
    'PBE-SHA1-3DES',
    '-macalg',
    'sha1',
    ...encrypted,
    '-out',
    '3des.p12',
  )
  lab.openssl(...p12, '-passout', 'pass:', '-out', 'empty.p12')
  lab.openssl(...p12, '-legacy', ...encrypted, '-out', 'rc2.p12')
  lab.openssl('pkcs12', '-in', 'aes.p12', '-passin', `pass:${passphrase}`, '-nodes', '-out', 'bag.pem')

  for (const name of ['proxy', 'proxy2', 'limited', 'voms', 'gt2', 'expired']) lab.key(name)
  lab.certificate('proxy', `${person}/CN=1234567890`, 'user', proxyExtensions(), '-days', '5')
  lab.join('proxy-chain.pem', 'proxy.pem', 'proxy.key', 'user.pem')
  lab.certificate('proxy2', `${person}/CN=1234567890/CN=777`, 'proxy', proxyExtensions())
  lab.join('proxy2-chain.pem', 'proxy2.pem', 'proxy2.key', 'proxy.pem', 'user.pem')
  lab.certificate('limited', `${person}/CN=42`, 'user', proxyExtensions(limitedPolicy))
  lab.join('limited-chain.pem', 'limited.pem', 'limited.key', 'user.pem')
  lab.join('proxy-alone.pem', 'proxy.pem', 'proxy.key')
  lab.certificate(
    'voms',
    `${person}/CN=99`,
    'user',
    proxyExtensions(
      'id-ppl-inheritAll',
      vomsExtension(
        'fedcloud.egi.eu',
        ['/fedcloud.egi.eu/Role=NULL', '/fedcloud.egi.eu/ops'],
        '20991231235959Z',
      ),
    ),
    '-days',
    '5',
  )
  lab.join('voms-chain.pem', 'voms.pem', 'voms.key', 'user.pem')
  lab.key('ended')
  lab.certificate(
    'ended',
    `${person}/CN=100`,
    'user',
    proxyExtensions(
      'id-ppl-inheritAll',
      vomsExtension('vo', ['/vo/ops/Role=admin/Capability=NULL'], '20260101010000Z'),
    ),
  )
  lab.join('ended-chain.pem', 'ended.pem', 'ended.key', 'user.pem')
  lab.join('shuffled.pem', 'user.pem', 'proxy.pem', 'proxy2.key', 'proxy2.pem')
  lab.key('named')
  lab.certificate('named', '/O=Example, Inc./CN=Zoë "Zo" #1', 'ca', leaf)
  lab.join('named-both.pem', 'named.pem', 'named.key')
  lab.certificate('gt2', `${person}/CN=proxy`, 'user', 'keyUsage=digitalSignature\n')
  lab.join('gt2-chain.pem', 'gt2.pem', 'gt2.key', 'user.pem')
  node = await nodeServer(lab, 'ca')
  python = await proxyServer(lab, 'ca')
}, 60_000)
afterAll(async () => {
  await node?.close()
  await python?.close()
  lab?.remove()
})

function context(options: Record<string, string>, more: Partial<Parameters<typeof authContext>[0]> = {}) {
  return authContext({
    options,
    transport: () => expect.unreachable('nothing is sent'),
    machine: { ...nodePlatform(), home: lab.folder, uid: undefined },
    ...more,
  })
}

async function connect(server: TlsServer, tls: TlsMaterial | undefined) {
  const transport = createTransport({ userAgent: 'test', tls: { ...tls, ca: [lab.read('ca.pem')] } })
  try {
    return await transport.send({ method: 'GET', url: server.url, headers: [] })
  } finally {
    await transport.close()
  }
}

async function login(options: Record<string, string>) {
  return (await loadAuthPlugin('x509')).authenticate(context(options))
}
const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it worked')
    },
    (error: unknown) => error as OcciError,
  )
const pair = (cert: string, key: string, secret?: string) => ({
  'user-cert': lab.path(cert),
  'user-key': lab.path(key),
  ...(secret === undefined ? {} : { passphrase: secret }),
})
const file = (name: string, secret?: string) => ({
  'user-cert': lab.path(name),
  ...(secret === undefined ? {} : { passphrase: secret }),
})

describe('material that works', () => {
  it.each([
    ['certificate + PKCS#8 key', () => pair('user.pem', 'user.key')],
    ['certificate + PKCS#1 key', () => pair('user.pem', 'pkcs1.key')],
    ['certificate + EC key', () => pair('ec.pem', 'ec.key')],
    ['PKCS#8 encrypted by AES', () => pair('user.pem', 'pkcs8-aes.key', passphrase)],
    ['PKCS#8 v1 encrypted by 3DES', () => pair('user.pem', 'pkcs8-3des.key', passphrase)],
    ['legacy PEM encrypted by AES-256', () => pair('user.pem', 'legacy-aes.key', passphrase)],
    ['legacy PEM encrypted by 3DES', () => pair('user.pem', 'legacy-3des.key', passphrase)],
    ['one PEM, certificate first', () => file('cert-key.pem')],
    ['one PEM, key first', () => file('key-cert.pem')],
    ['one PEM, key encrypted', () => file('encrypted-both.pem', passphrase)],
    ['one PEM with Bag Attributes', () => file('bag.pem')],
    ['PKCS#12, AES', () => file('aes.p12', passphrase)],
    ['PKCS#12, 3DES and SHA-1', () => file('3des.p12', passphrase)],
    ['PKCS#12, empty password', () => file('empty.p12')],
    [
      "rOCCI-cli's names: --user-cred and --password",
      () => ({ 'user-cred': lab.path('aes.p12'), password: passphrase }),
    ],
  ])('%s is accepted by a server that asks for a certificate', async (_, options) => {
    const credentials = await login(options())
    const response = await connect(node, credentials.tls)
    expect(response.status).toBe(200)
    expect(JSON.parse(response.body).CN).toBe('Demo User 1')
    expect(credentials.describe()).toMatchObject({ method: 'x509', subject: person })
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain(passphrase)
  })
})

describe('material that cannot work is named before anybody is connected to', () => {
  it.each([
    [
      'PKCS#8 v1, single DES',
      () => pair('user.pem', 'pkcs8-des.key', passphrase),
      /no longer reads/,
      /openssl pkey -provider legacy/,
    ],
    [
      'PKCS#8, passphrase missing',
      () => pair('user.pem', 'pkcs8-aes.key'),
      /there is no passphrase/,
      /OCCI_PASSPHRASE/,
    ],
    [
      'PKCS#8, passphrase wrong',
      () => pair('user.pem', 'pkcs8-aes.key', 'no'),
      /passphrase does not open/,
      /encrypted with/,
    ],
    [
      'legacy PEM, passphrase missing',
      () => pair('user.pem', 'legacy-3des.key'),
      /there is no passphrase/,
      /OCCI_PASSPHRASE/,
    ],
    [
      'legacy PEM, passphrase wrong',
      () => pair('user.pem', 'legacy-3des.key', 'no'),
      /passphrase does not open/,
      /encrypted with/,
    ],
    [
      'PKCS#12, RC2-40',
      () => file('rc2.p12', passphrase),
      /old kind \(RC2\)/,
      /openssl pkcs12 -legacy -in .*rc2\.p12/,
    ],
    ['PKCS#12, passphrase missing', () => file('aes.p12'), /there is no passphrase/, /OCCI_PASSPHRASE/],
    ['PKCS#12, passphrase wrong', () => file('aes.p12', 'no'), /passphrase does not open/, /encrypted with/],
    ['key of another certificate', () => pair('user.pem', 'ec.key'), /does not belong/, /`user-key`/],
    ['a key that is too short for TLS', () => pair('short.pem', 'short.key'), /too weak/, /-bits 2048/],
    ['no key', () => file('user.pem'), /no private key/, /`user-key`/],
    ['no certificate', () => file('user.key'), /no certificate/, /PEM/],
    ['neither PEM nor PKCS#12', () => file('server.py'), /neither/, /`user-cert`/],
    ['not there', () => file('absent.pem'), /cannot be read/, /path/],
  ])('%s is refused with a clear error before a connection is opened', async (_, options, message, hint) => {
    const error = await failing(login(options()))
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(`${error.message}${error.hint}`).not.toContain(passphrase)
  })

  it('authorities in a PKCS#12 file are not trusted for servers', async () => {
    const p12 = ['pkcs12', '-export', '-in', 'user.pem', '-inkey', 'user.key', '-passout', 'pass:']
    lab.openssl(...p12, '-certfile', 'ca.pem', '-out', 'with-ca.p12')
    const { tls } = await login(file('with-ca.p12'))
    const ask = async (trust: TlsMaterial) => {
      const transport = createTransport({ userAgent: 'test', tls: { ...tls, ...trust } })
      return transport.send({ method: 'GET', url: node.url, headers: [] }).finally(() => transport.close())
    }
    const bundle = `Some words\n${lab.read('other-ca.pem')}${lab.read('ca.pem')}`
    for (const ca of [[lab.read('ca.pem')], [bundle]]) {
      expect((await ask({ ca })).status).toBe(200)
      expect((await ask({ ca, systemCa: true })).status).toBe(200)
    }
    for (const trust of [
      {},
      { ca: [lab.read('other-ca.pem')] },
      { ca: [lab.read('other-ca.pem')], systemCa: true },
    ]) {
      expect(await failing(ask(trust))).toMatchObject({
        code: 'network',
        message: expect.stringContaining('is signed by an authority that is not trusted here'),
        hint: expect.stringContaining('PKCS#12'),
        facts: { sent: 'no' },
      })
    }
    expect((await ask({ insecure: true })).status).toBe(200)
  })

  it('the conversion that the RC2 hint suggests works', async () => {
    const error = await failing(login(file('rc2.p12', passphrase)))
    const command = /openssl pkcs12 -legacy.*$/
      .exec(error.hint ?? '')?.[0]
      ?.replaceAll('tmp.pem', lab.path('tmp.pem'))
      .replace('new.p12', lab.path('new.p12'))
    const noninteractive = command
      ?.replace('-nodes', `-passin pass:${passphrase} -nodes`)
      .replace('-export', `-export -passout pass:${passphrase}`)
    await nodePlatform().run(noninteractive ?? 'false')
    expect((await connect(node, (await login(file('new.p12', passphrase))).tls)).status).toBe(200)
  })
})

describe('proxies, validated by OpenSSL on the server', () => {
  it.each([
    ['RFC 3820 proxy', 'proxy-chain.pem', '1234567890'],
    ['proxy of a proxy', 'proxy2-chain.pem', '777'],
    ['limited proxy', 'limited-chain.pem', '42'],
    ['VOMS proxy', 'voms-chain.pem', '99'],
    ['VOMS proxy whose attributes have ended', 'ended-chain.pem', '100'],
    ['proxy of a proxy in a file of another order', 'shuffled.pem', '777'],
  ])('%s is sent with its whole chain', async (_, name, last) => {
    const credentials = await login(file(name))
    const response = await connect(python, credentials.tls)
    expect(response.status).toBe(200)
    expect((JSON.parse(response.body) as string[][]).at(-1)).toEqual(['commonName', last])
    expect(credentials.describe()).toMatchObject({ subject: person, details: { kind: 'proxy' } })
  })

  it('the VO, the FQANs and the earlier end of a VOMS proxy are read', async () => {
    expect((await login(file('voms-chain.pem'))).describe().details).toMatchObject({
      vo: 'fedcloud.egi.eu',
      fqans: '/fedcloud.egi.eu/Role=NULL, /fedcloud.egi.eu/ops',
    })
  })

  it('limited proxies, and the holder with commas and quotes in the name, are shown', async () => {
    const details = async (name: string) => (await login(file(name))).describe().details
    expect(await details('limited-chain.pem')).toMatchObject({ kind: 'proxy', limited: 'true' })
    expect(await details('proxy-chain.pem')).toMatchObject({
      limited: 'false',
      proxySubject: `${person}/CN=1234567890`,
    })
    expect(await details('gt2-chain.pem')).toMatchObject({ kind: 'legacy-proxy', limited: 'false' })
    expect((await login(file('named-both.pem'))).describe().subject).toBe('/O=Example, Inc./CN=Zoë "Zo" #1')
  })

  it('expired VOMS attributes cause a warning, and are listed after a refusal', async () => {
    const warnings: string[] = []
    const credentials = await (await loadAuthPlugin('x509')).authenticate(
      context(file('ended-chain.pem'), { warn: (message) => warnings.push(message) }),
    )
    expect(warnings).toEqual([
      expect.stringMatching(
        /have ended \(vo \d+ days ago\): run voms-proxy-init -voms vo:\/vo\/ops\/Role=admin -rfc$/,
      ),
    ])
    expect(credentials.describe().details).toMatchObject({ voExpires: '2026-01-01T01:00:00.000Z' })
    expect(credentials.certificate).toMatchObject({
      mayBeDistrusted: expect.stringContaining('It is a proxy'),
      mayLackRights: expect.stringContaining('Its VOMS attributes have ended (vo '),
    })
    expect(JSON.stringify(credentials.certificate)).not.toContain('PRIVATE KEY')
  })

  it('a proxy without the user certificate is refused, and the log explains why', async () => {
    const log: string[] = []
    const credentials = await (await loadAuthPlugin('x509')).authenticate(
      context(file('proxy-alone.pem'), { log: (step) => log.push(step) }),
    )
    expect(log.join('\n')).toContain("lacks the user's certificate")
    expect(await failing(connect(python, credentials.tls))).toMatchObject({
      code: 'network',
      facts: { alert: 'unknown_ca' },
    })
  })

  it('a Globus 2 proxy is refused, and the log explains why', async () => {
    const log: string[] = []
    const credentials = await (await loadAuthPlugin('x509')).authenticate(
      context(file('gt2-chain.pem'), { log: (step) => log.push(step) }),
    )
    expect(log.join('\n')).toContain('-rfc')
    expect(await failing(connect(python, credentials.tls))).toMatchObject({ code: 'network' })
  })

  it('an expired proxy is an error before connecting, with the command that renews it', async () => {
    const daysLater = (days: number) => new Date(Date.now() + days * 24 * 3600_000 + 3 * 3600_000)
    const plugin = await loadAuthPlugin('x509')
    const open = (name: string, now = daysLater(5)) =>
      failing(plugin.authenticate(context(file(name), { now: () => now })))
    expect(await open('proxy-chain.pem')).toMatchObject({
      code: 'auth',
      message: `The proxy ${lab.path('proxy-chain.pem')} expired 3 h ago`,
      hint: expect.stringContaining('voms-proxy-init'),
    })
    expect((await open('voms-chain.pem')).hint).toBe('Run voms-proxy-init -voms fedcloud.egi.eu -rfc.')
    expect(await open('proxy-chain.pem', daysLater(10))).toMatchObject({
      message: `The certificate behind the proxy ${lab.path('proxy-chain.pem')} expired 3 h ago`,
      hint: 'Get a new certificate from your authority.',
    })
    const early = plugin.authenticate(context(file('cert-key.pem'), { now: () => new Date('2020-01-01') }))
    expect((await failing(early)).message).toContain('valid only in')
  })
})

describe('TLS alerts in words', () => {
  it.each([
    ['no certificate', undefined, 'certificate_required'],
    ['unknown authority', () => pair('stranger.pem', 'stranger.key'), 'unknown_ca'],
  ])('the TLS alert %s is explained', async (_, options, alert) => {
    const tls = options === undefined ? undefined : (await login(options())).tls
    expect(await failing(connect(python, tls))).toMatchObject({ code: 'network', facts: { alert } })
  })

  it('auto sends the certificate when the handshake asks for one, and explains when there is none', async () => {
    const auto = await loadAuthPlugin('auto')
    const make = (options: Record<string, string>) =>
      context(options, {
        endpoint: python.url,
        transport: (tls) => createTransport({ userAgent: 'test', tls: { ...tls, ca: [lab.read('ca.pem')] } }),
      })
    const credentials = await auto.authenticate(make(file('proxy-chain.pem')))
    expect(credentials.describe().method).toBe('x509')
    expect((await connect(python, credentials.tls)).status).toBe(200)
    expect(await failing(auto.authenticate(make({})))).toMatchObject({
      code: 'auth',
      message: 'The server requires a client certificate',
    })
  })

  it('auto sends the certificate also when it waits for the first request', async () => {
    const transport = () => createTransport({ userAgent: 'test', tls: { ca: [lab.read('ca.pem')] } })
    const credentials = await (await loadAuthPlugin('auto')).authenticate({
      ...context({}, { endpoint: python.url, transport }),
      negotiate: 'at-first-refusal',
    })
    const signed = signedTransport(transport(), credentials, python.url)
    expect(await failing(signed.send({ method: 'GET', url: `${python.url}-/`, headers: [] }))).toMatchObject({
      code: 'auth',
      message: 'The server requires a client certificate',
    })
    await signed.close()
  })
})

describe('a certificate that the server does not take', () => {
  it.each(['x509', 'auto'])(
    'a certificate that the server refuses is a failed login with --auth %s, explained by the alert',
    async (method) => {
      const tls = { ca: [lab.read('ca.pem')] }
      const transport = (own?: TlsMaterial) => createTransport({ userAgent: 'test', tls: { ...own, ...tls } })
      const plugin = await loadAuthPlugin(method)
      const attempt = async () => {
        const credentials = await plugin.authenticate(
          context(pair('stranger.pem', 'stranger.key'), {
            endpoint: python.url,
            transport,
            cache: memoryCache(() => new Date()),
          }),
        )
        const signed = signedTransport(transport(credentials.tls), credentials, python.url)
        try {
          return await signed.send({ method: 'POST', url: python.url, headers: [], body: 'x' })
        } finally {
          await signed.close()
        }
      }
      expect(await failing(attempt())).toMatchObject({
        code: 'auth',
        message: expect.stringContaining('does not trust the authority that signed the client certificate'),
        hint: expect.stringContaining('`describe()`'),
        facts: { alert: 'unknown_ca' },
      })
    },
  )
})

describe('where the certificate is found', () => {
  const found = async (env: Record<string, string>, options: Record<string, string> = {}) => {
    const log: string[] = []
    await (await loadAuthPlugin('x509')).authenticate(
      context(options, { env: (name) => env[name], log: (step) => log.push(step) }),
    )
    return log[0]
  }

  it('the certificate is taken from the option, X509_USER_PROXY, and X509_USER_CERT and KEY, in this order', async () => {
    const env = {
      X509_USER_PROXY: lab.path('proxy-chain.pem'),
      X509_USER_CERT: lab.path('user.pem'),
      X509_USER_KEY: lab.path('user.key'),
    }
    expect(await found(env, file('cert-key.pem'))).toContain('(--user-cert)')
    expect(await found(env)).toContain('(X509_USER_PROXY)')
    expect(await found({ ...env, X509_USER_PROXY: '' })).toContain('(X509_USER_CERT)')
  })

  it('the certificate is found in /tmp/x509up_uUID and ~/.globus', async () => {
    const plugin = await loadAuthPlugin('x509')
    const files = new Map([['/tmp/x509up_u1234', lab.read('proxy-chain.pem')]])
    const machine = { ...nodePlatform(), home: lab.folder, uid: 1234, mode: async () => 0o600 }
    const readFile = async (path: string) => {
      const text = files.get(path)
      if (text === undefined) throw new Error('ENOENT')
      return Buffer.from(text)
    }
    const proxy = await plugin.authenticate(context({}, { machine, readFile }))
    expect(proxy.describe().details?.['file']).toBe('/tmp/x509up_u1234')
    await mkdir(lab.path('.globus'), { recursive: true })
    lab.join('.globus/usercert.pem', 'user.pem')
    lab.join('.globus/userkey.pem', 'pkcs8-aes.key')
    const pairFound = await plugin.authenticate(context({ passphrase }))
    expect(pairFound.describe().details?.['file']).toBe(lab.path('.globus/usercert.pem'))
    await rename(lab.path('.globus'), lab.path('.gone'))
  })

  it('a certificate of another user in /tmp is not used', async () => {
    const plugin = await loadAuthPlugin('x509')
    const asked: [string, boolean][] = []
    const machine = { ...nodePlatform(), home: lab.folder, uid: 1234 }
    const readFile = async (path: string, { discovered: found }: Purpose) => {
      asked.push([path, found === true])
      if (found === true)
        throw new UnreadableFileError('it belongs to another user (number 7)', 'foreign-owner')
      throw new Error('ENOENT')
    }
    const log: string[] = []
    const error = await failing(
      plugin.authenticate(context({}, { machine, readFile, log: (step) => log.push(step) })),
    )
    expect(asked[0]).toEqual(['/tmp/x509up_u1234', true])
    expect(error.hint).toContain('/tmp/x509up_u1234 (not used: it belongs to another user (number 7))')
    expect(log.join()).toContain('it belongs to another user')
  })

  it.each(['X509_USER_PROXY', 'X509_USER_CERT'])('a relative %s is not used', async (name) => {
    await expect(found({ [name]: 'proxy.pem' })).rejects.toMatchObject({
      code: 'config',
      at: name,
      message: expect.stringContaining('a relative path'),
    })
  })

  it('the error for a missing certificate lists the places', async () => {
    const error = await failing(login({}))
    expect(error).toMatchObject({ code: 'auth', message: 'There is no client certificate' })
    expect(error.hint).toContain('.globus/usercert.pem')
  })

  it('a key that others can read causes a warning', async () => {
    const warnings: string[] = []
    const machine = { ...nodePlatform(), mode: async () => 0o644 }
    await (await loadAuthPlugin('x509')).authenticate(
      context(file('cert-key.pem'), { machine, warn: (message) => warnings.push(message) }),
    )
    expect(warnings).toEqual([expect.stringContaining('chmod 600')])
  })
})
