/** Implements Probe on Node. Loaded by `occi doctor` only. */
import type { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { realpathSync } from 'node:fs'
import { access, constants, lstat, realpath, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { delimiter, join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { omitUndefined } from '../../basics/objects.js'
import { listFiles } from '../../files/index.js'
import { DistrustError, serverChain, type TlsMaterial, tlsOptions } from '../../transport/index.js'
import type { Handshake, HandshakeParameters, Probe } from '../probe.js'
import { tryConnection } from './reach.js'

/** Milliseconds for one connection or handshake. */
const connectionTimeout = 5000

type Refused = Extract<Handshake, { ok: true }>['refused']

/** `command` starts this program; its last word is the program's file. */
export function nodeProbe(process: NodeJS.Process, command: readonly string[], now: () => number): Probe {
  return {
    node: process.version,
    program: realpathSync(command.at(-1) ?? process.execPath),
    programs: (name) => programsNamed(name, process.env['PATH'] ?? ''),
    async inspect(path) {
      const stats = await stat(path).catch(() => undefined)
      if (stats === undefined) return undefined
      return {
        kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
        mode: process.platform === 'win32' ? undefined : stats.mode & 0o777,
        ownedByUser: process.getuid === undefined || stats.uid === process.getuid(),
      }
    },
    async locks(folder) {
      const { files } = await listFiles(folder).catch(() => ({ files: [] as readonly string[] }))
      const locks = files.filter((path) => path.endsWith('.lock'))
      const ages = locks.map(async (path) => {
        const stats = await lstat(path).catch(() => undefined)
        return stats === undefined ? [] : [{ path, age: now() - stats.mtimeMs }]
      })
      return (await Promise.all(ages)).flat()
    },
    async resolve(host) {
      const withoutBrackets = host.replace(/^\[|\]$/g, '')
      if (isIP(withoutBrackets) !== 0) return [withoutBrackets]
      return (await lookup(withoutBrackets, { all: true, verbatim: true })).map(({ address }) => address)
    },
    reach: (address, port) => tryConnection(address, port, { timeout: connectionTimeout }),
    handshake,
  }
}

async function programsNamed(name: string, path: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const folder of path.split(delimiter)) {
    // An empty entry means the working folder, which occi does not search.
    if (folder === '') continue
    const file = join(folder, name)
    if (await isProgram(file)) files.push(await realpath(file).catch(() => file))
  }
  return [...new Set(files)]
}

/** Whether the file can be run. A folder also has the permission X_OK, but is no program. */
async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

function handshake({ address, host, port, trust, maxVersion }: HandshakeParameters): Promise<Handshake> {
  const name = host.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket = connectTls({
      host: address,
      port,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...tlsOptions(omitUndefined({ ca: trust.ca, systemCa: trust.systemCa, maxVersion })),
      // The certificate is only examined; no request is sent.
      rejectUnauthorized: false,
    })
    const finish = (result: Handshake) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(connectionTimeout, () => finish({ ok: false, reason: 'timeout' }))
    let connected = false
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // An error after the handshake: the server may require a client certificate.
      if (!connected) finish({ ok: false, reason: error.code ?? error.message })
    })
    socket.once('secureConnect', () => {
      connected = true
      // Must be called first: in Node 20, getPeerX509Certificate removes the server's certificate from the chain.
      const chain = serverChain(socket)
      const result = report(socket, name)
      if (!result.ok || result.untrustedReason !== undefined) return finish(result)
      refusalOf(chain, trust).then((refused) => finish({ ...result, refused }))
    })
  })
}

function report(socket: TLSSocket, name: string): Handshake {
  const leaf = socket.getPeerX509Certificate()
  if (leaf === undefined) return { ok: false, reason: 'the server sent no certificate' }
  const untrustedReason = socket.authorized ? undefined : String(socket.authorizationError)
  const matchedName = isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)
  return {
    ok: true,
    version: socket.getProtocol() ?? 'TLS',
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    validUntil: new Date(leaf.validTo),
    certificateCount: chainLength(leaf),
    selfSigned: leaf.checkIssued(leaf),
    untrustedReason:
      untrustedReason === undefined || /ALTNAME/.test(untrustedReason) ? undefined : untrustedReason,
    nameMismatch:
      matchedName === undefined
        ? `the certificate is for ${leaf.subjectAltName ?? oneLine(leaf.subject)}, and not for ${name}`
        : undefined,
    refused: undefined,
    // OpenSSL knows the server's signature algorithms only from its certificate request.
    requestsClientCertificate: socket.getSharedSigalgs().length > 0,
  }
}

/** Checks the chain against the revocation lists. */
async function refusalOf(chain: readonly Uint8Array[], { checkServer }: TlsMaterial): Promise<Refused> {
  try {
    await checkServer?.(chain)
    return undefined
  } catch (error) {
    if (error instanceof DistrustError) return { what: error.problem, hint: error.hint }
    const { message, hint } = error as Error & { hint?: unknown }
    return {
      what: `cannot be checked: ${message}`,
      hint: typeof hint === 'string' ? hint : 'Check --ca-path.',
    }
  }
}

function oneLine(name: string): string {
  return name.split('\n').join(', ')
}

function chainLength(leaf: X509Certificate): number {
  let length = 0
  const seen = new Set<string>()
  for (
    let certificate: X509Certificate | undefined = leaf;
    certificate !== undefined;
    certificate = certificate.issuerCertificate
  ) {
    if (seen.has(certificate.fingerprint256)) break
    seen.add(certificate.fingerprint256)
    length += 1
  }
  return length
}
