/** Checks the certificates of a server after the TLS handshake for problems that OpenSSL does not detect. */
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { rootCertificates } from './tls.js'
import { DistrustError, trustHint } from './tls-failures.js'
import type { TlsMaterial } from './types.js'

/** Whether the certificates of servers are checked further after OpenSSL has accepted them. */
export function needsServerCheck({ insecure, checkServer, pfx }: TlsMaterial): boolean {
  return insecure !== true && (checkServer !== undefined || pfx !== undefined)
}

/**
 * Waits for a connection and checks its server if the TLS material requires it. Throws DistrustError, or the error of
 * the connection.
 */
export async function checkedConnection(connecting: Promise<Socket>, material: TlsMaterial): Promise<Socket> {
  const socket = await connecting
  if (!needsServerCheck(material)) return socket
  // Notes the end of the socket during the check, because undici would wait for it forever and miss its TLS alert.
  let socketError: Error | undefined
  const noteError = (error: Error) => {
    socketError ??= error
  }
  socket.on('error', noteError)
  try {
    const chain = serverChain(socket as TLSSocket)
    if (chain.length === 0) throw new DistrustError('is missing', 'Tell the provider.')
    if (material.pfx !== undefined) refuseOtherAuthorities(chain, material)
    await material.checkServer?.(chain)
    if (socketError !== undefined || socket.destroyed) throw socketError ?? new ClosedError()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    socket.off('error', noteError)
  }
}

/** The error for a connection that was closed. With the code UND_ERR_SOCKET, undici would reconnect endlessly. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('other side closed')
  }
}

/** Returns the server's certificates in DER, from its own to the last issuer that is known. */
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

/** Throws for an authority that Node trusts only because it is in the PKCS#12 file of the client certificate. */
function refuseOtherAuthorities(chain: readonly Uint8Array[], { ca = [], systemCa }: TlsMaterial): void {
  const crypto = process.getBuiltinModule('node:crypto')
  const certificates = chain.map((der) => new crypto.X509Certificate(der))
  const last = certificates.at(-1)
  const isLinked = certificates.every((certificate, index) => {
    const issuer = certificates[index + 1] ?? certificate
    return certificate.verify(issuer.publicKey)
  })
  const trustedTexts = ca.length === 0 || systemCa === true ? [...ca, ...rootCertificates()] : ca
  if (last !== undefined && isLinked && trustedTexts.some((text) => containsCertificate(text, last))) return
  throw new DistrustError(
    'is signed by an authority that is not trusted here',
    `${trustHint} Authorities in the PKCS#12 file of the client certificate are not trusted.`,
  )
}

/** Whether a PEM text contains the certificate. */
function containsCertificate(text: string, { raw }: X509Certificate): boolean {
  const base64 = raw.toString('base64')
  return text
    .split('-----END')
    .some((block) => block.replace(/^[\s\S]*-----BEGIN[^-]*-----/, '').replace(/\s/g, '') === base64)
}
