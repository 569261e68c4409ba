/** Looks at the certificates of a server after the handshake, for what OpenSSL does not check. */
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import { roots } from './tls.js'
import { DistrustError, trustHint } from './tls-failures.js'
import type { TlsMaterial } from './types.js'

export function isChecked({ insecure, checkServer, pfx }: TlsMaterial): boolean {
  return insecure !== true && (checkServer !== undefined || pfx !== undefined)
}

/** The connection, when its server passes `checkServer`. Throws DistrustError, and what ends the connection. */
export async function checked(connecting: Promise<Socket>, material: TlsMaterial): Promise<Socket> {
  const socket = await connecting
  if (!isChecked(material)) return socket
  // undici would wait for ever for a socket that ends meanwhile, and would not see its alert.
  let failed: Error | undefined
  const keep = (error: Error) => {
    failed ??= error
  }
  socket.on('error', keep)
  try {
    const chain = serverChain(socket as TLSSocket)
    if (chain.length === 0) throw new DistrustError('is not shown', 'Tell the provider.')
    if (material.pfx !== undefined) refuseOtherAuthorities(chain, material)
    await material.checkServer?.(chain)
    if (failed !== undefined || socket.destroyed) throw failed ?? new ClosedError()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    socket.off('error', keep)
  }
}

/** Not undici's own UND_ERR_SOCKET, after which it would connect again without end. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('other side closed')
  }
}

/** From the server's own certificate to the last that is known. */
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

/** Node trusts the authorities in a PKCS#12 file, too, which are there for the user's own certificate. */
function refuseOtherAuthorities(chain: readonly Uint8Array[], { ca = [], systemCa }: TlsMaterial): void {
  const crypto = process.getBuiltinModule('node:crypto')
  const certificates = chain.map((der) => new crypto.X509Certificate(der))
  const last = certificates.at(-1)
  const linked = certificates.every((each, index) => {
    const issuer = certificates[index + 1] ?? each
    return each.verify(issuer.publicKey)
  })
  const trusted = ca.length === 0 || systemCa === true ? [...ca, ...roots()] : ca
  if (last !== undefined && linked && trusted.some((text) => holds(text, last))) return
  throw new DistrustError(
    'is signed by an authority that is not trusted here',
    `${trustHint} Authorities in the PKCS#12 file of the client certificate do not count.`,
  )
}

/** Whether one of the certificates in the PEM text is this one. */
function holds(text: string, { raw }: X509Certificate): boolean {
  const wanted = raw.toString('base64')
  return text
    .split('-----END')
    .some((block) => block.replace(/^[\s\S]*-----BEGIN[^-]*-----/, '').replace(/\s/g, '') === wanted)
}
