import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

export interface Certificates {
  readonly ca: KeyPair
  /** For localhost and 127.0.0.1. */
  readonly server: KeyPair
  /** For another.example.org only. */
  readonly elsewhere: KeyPair
  readonly expired: KeyPair
  readonly selfSigned: KeyPair
  readonly client: KeyPair
  /** The client's key, encrypted. */
  readonly encryptedKey: string
  readonly passphrase: string
}

/** Makes a CA and what it signs with the openssl command, in a temporary folder that is gone afterwards. */
export function certificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'occi-tls-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const pair = (name: string): KeyPair => ({
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
  })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const selfSign = (name: string, subject: string, ...more: string[]) =>
    openssl(
      'req',
      '-x509',
      ...ec,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-subj',
      subject,
      ...more,
    )
  const sign = (name: string, subject: string, extension: string, ...dates: string[]) => {
    openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    writeFileSync(join(folder, `${name}.ext`), extension)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-extfile',
      `${name}.ext`,
      ...(dates.length > 0 ? dates : ['-days', '2']),
    )
  }
  try {
    selfSign('ca', '/CN=Test CA')
    selfSign('selfSigned', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost')
    sign('server', '/CN=localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1')
    sign('elsewhere', '/CN=another.example.org', 'subjectAltName=DNS:another.example.org,DNS:b.example.org')
    // OpenSSL 3.0 has no -not_after for x509 -req; a negative number of days does it.
    sign('expired', '/CN=localhost', 'subjectAltName=DNS:localhost', '-days', '-1')
    sign('client', '/CN=Alice', 'extendedKeyUsage=clientAuth')
    openssl('ec', '-in', 'client.key', '-aes128', '-passout', 'pass:sesame', '-out', 'encrypted.key')
    return {
      ca: pair('ca'),
      server: pair('server'),
      elsewhere: pair('elsewhere'),
      expired: pair('expired'),
      selfSigned: pair('selfSigned'),
      client: pair('client'),
      encryptedKey: readFileSync(join(folder, 'encrypted.key'), 'utf8'),
      passphrase: 'sesame',
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
