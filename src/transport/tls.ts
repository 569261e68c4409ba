import { Buffer } from 'node:buffer'
import type { ConnectionOptions } from 'node:tls'
import { omitUndefined } from '../basics/objects.js'
import type { TlsMaterial } from './types.js'

/**
 * The node:tls options for this material. The CAs replace Node's root certificates, unless `systemCa` is set. Loading
 * the 144 roots takes 24 ms, one PEM file half a millisecond.
 */
export function tlsOptions(material: TlsMaterial): ConnectionOptions {
  const ca = material.ca ?? []
  return {
    ...(ca.length > 0 ? { ca: material.systemCa ? [...ca, ...roots()] : [...ca] } : {}),
    ...omitUndefined({
      cert: pem(material.cert),
      key: pem(material.key),
      pfx: material.pfx === undefined ? undefined : Buffer.from(material.pfx),
      passphrase: material.passphrase,
    }),
    minVersion: material.minVersion ?? 'TLSv1.2',
    ...omitUndefined({ maxVersion: material.maxVersion }),
    rejectUnauthorized: material.insecure !== true,
  }
}

/** The node:tls options for a connection to a proxy, without the client's certificate and key. */
export function proxyTlsOptions({
  ca,
  systemCa,
  insecure,
  minVersion,
  maxVersion,
}: TlsMaterial): ConnectionOptions {
  return tlsOptions({
    ...omitUndefined({ ca, systemCa, insecure, minVersion, maxVersion }),
  })
}

/** Node's root certificates as PEM, loaded on demand, since plain http needs no TLS. */
export function roots(): readonly string[] {
  return process.getBuiltinModule('node:tls').rootCertificates
}

function pem(value: string | Uint8Array | undefined): string | Buffer | undefined {
  return value === undefined || typeof value === 'string' ? value : Buffer.from(value)
}
