import { Buffer } from 'node:buffer'
import type { ConnectionOptions } from 'node:tls'
import type { TlsMaterial } from './types.js'

/**
 * node:tls options for this material. Given CAs replace Node's root certificates unless `systemCa` asks for
 * both. Loading the 144 roots takes 24 ms, one PEM file half a millisecond.
 */
export function tlsOptions(material: TlsMaterial): ConnectionOptions {
  const ca = material.ca ?? []
  return {
    ...(ca.length > 0 ? { ca: material.systemCa ? [...ca, ...roots()] : [...ca] } : {}),
    ...optional('cert', pem(material.cert)),
    ...optional('key', pem(material.key)),
    ...optional('pfx', material.pfx === undefined ? undefined : Buffer.from(material.pfx)),
    ...optional('passphrase', material.passphrase),
    minVersion: material.minVersion ?? 'TLSv1.2',
    ...optional('maxVersion', material.maxVersion),
    rejectUnauthorized: material.insecure !== true,
  }
}

/** node:tls options for a connection to a proxy: without the client's certificate and key. */
export function proxyTlsOptions({
  ca,
  systemCa,
  insecure,
  minVersion,
  maxVersion,
}: TlsMaterial): ConnectionOptions {
  return tlsOptions({
    ...optional('ca', ca),
    ...optional('systemCa', systemCa),
    ...optional('insecure', insecure),
    ...optional('minVersion', minVersion),
    ...optional('maxVersion', maxVersion),
  })
}

/** Loaded on demand: plain http needs no TLS. */
function roots(): readonly string[] {
  return process.getBuiltinModule('node:tls').rootCertificates
}

function pem(value: string | Uint8Array | undefined): string | Buffer | undefined {
  return value === undefined || typeof value === 'string' ? value : Buffer.from(value)
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}
