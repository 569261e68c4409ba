import { Buffer } from 'node:buffer'
import type { ConnectionOptions } from 'node:tls'
import { omitUndefined } from '../basics/objects.js'
import type { TlsMaterial } from './types.js'

/**
 * Returns the node:tls options for TLS material. Root certificates are included only if `systemCa` is set, because
 * loading all 144 takes 24 ms, and one PEM file half a millisecond.
 */
export function tlsOptions(material: TlsMaterial): ConnectionOptions {
  const ca = material.ca ?? []
  return {
    ...(ca.length > 0 ? { ca: material.systemCa ? [...ca, ...rootCertificates()] : [...ca] } : {}),
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

/** Returns the node:tls options for a connection to a proxy, without the client certificate and its key. */
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

/** Returns Node's root certificates as PEM. Loads them on demand, since plain http needs no TLS. */
export function rootCertificates(): readonly string[] {
  return process.getBuiltinModule('node:tls').rootCertificates
}

function pem(value: string | Uint8Array | undefined): string | Buffer | undefined {
  return value === undefined || typeof value === 'string' ? value : Buffer.from(value)
}
