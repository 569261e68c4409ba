/** Checks the certificates of a server after the handshake for problems that OpenSSL does not detect. */
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { roots } from './tls.js'
import { DistrustError, trustHint } from './tls-failures.js'
import type { TlsMaterial } from './types.js'

export function needsServerCheck({ insecure, checkServer, pfx }: TlsMaterial): boolean {
  return insecure !== true && (checkServer !== undefined || pfx !== undefined)
}

/** Returns the connection if its server passes `checkServer`. Throws DistrustError, or the connection's error. */
export async function checkedConnection(connecting: Promise<Socket>, material: TlsMaterial): Promise<Socket> {
  const socket = await connecting
  if (!needsServerCheck(material)) return socket
  // If the socket ends during the check, undici would wait for it forever and not see its TLS alert.
  let failed: Error | undefined
  const noteError = (error: Error) => {
    failed ??= error
  }
  socket.on('error', noteError)
  try {
    const chain = serverChain(socket as TLSSocket)
    if (chain.length === 0) throw new DistrustError('is missing', 'Tell the provider.')
    if (material.pfx !== undefined) refuseOtherAuthorities(chain, material)
    await material.checkServer?.(chain)
    if (failed !== undefined || socket.destroyed) throw failed ?? new ClosedError()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    socket.off('error', noteError)
  }
}

/** Used instead of undici's UND_ERR_SOCKET, after which undici would reconnect endlessly. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('other side closed')
  }
}

/** The server's certificates in DER, from its own to the last known issuer. */
export function serverChain(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<string>()
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (certificate?.raw !== undefined && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256)
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
}

/** Throws for authorities that Node trusts only because they are in the PKCS#12 file of the user's own certificate. */
function refuseOtherAuthorities(chain: readonly Uint8Array[], { ca = [], systemCa }: TlsMaterial): void {
  const crypto = process.getBuiltinModule('node:crypto')
  const certificates = chain.map((der) => new crypto.X509Certificate(der))
  const last = certificates.at(-1)
  const linked = certificates.every((each, index) => {
    const issuer = certificates[index + 1] ?? each
    return each.verify(issuer.publicKey)
  })
  const trusted = ca.length === 0 || systemCa === true ? [...ca, ...roots()] : ca
  if (last !== undefined && linked && trusted.some((text) => containsCertificate(text, last))) return
  throw new DistrustError(
    'is signed by an authority that is not trusted here',
    `${trustHint} Authorities in the PKCS#12 file of the client certificate are not trusted.`,
  )
}

/** Whether one of the certificates in the PEM text is this one. */
function containsCertificate(text: string, { raw }: X509Certificate): boolean {
  const wanted = raw.toString('base64')
  return text
    .split('-----END')
    .some((block) => block.replace(/^[\s\S]*-----BEGIN[^-]*-----/, '').replace(/\s/g, '') === wanted)
}
