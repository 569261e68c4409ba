/** A client certificate in the TLS layer: a pair, one PEM file, PKCS#12, or an RFC 3820 / VOMS proxy. */
import { present } from '../json.js'
import type { AuthOption, AuthPlugin } from '../types.js'
import { plain } from '../words.js'
import { clientCertificate } from './client-certificate.js'

export const certificateOptions: readonly AuthOption[] = [
  {
    name: 'user-cert',
    description:
      'client certificate: PEM (with or without the key), PKCS#12 or proxy; default: X509_USER_PROXY, X509_USER_CERT, /tmp/x509up_uUID, ~/.globus',
    env: ['OS_CERT'],
  },
  { name: 'user-cred', description: "the same by rOCCI-cli's name" },
  { name: 'user-key', description: 'its private key, when in another file', env: ['OS_KEY'] },
  { name: 'passphrase', description: 'passphrase of the private key or PKCS#12 file', secret: true },
]

export const x509: AuthPlugin = {
  name: 'x509',
  description: 'X.509 client certificate or VOMS proxy',
  options: certificateOptions,
  async authenticate(context) {
    const { tls, file, subject, fingerprint, inspected } = await clientCertificate(context)
    return {
      identity: `x509:${subject}:${inspected?.vo ?? (inspected === undefined ? fingerprint : '')}`,
      sign: async () => [],
      tls,
      ...(inspected === undefined ? {} : { expires: inspected.until }),
      describe: () => ({
        method: 'x509',
        subject,
        ...(inspected === undefined ? {} : { issuer: plain(inspected.issuer), expires: inspected.until }),
        details: {
          file,
          ...(inspected === undefined ? {} : { kind: inspected.kind }),
          ...present({ vo: inspected?.vo }),
          ...(inspected === undefined || inspected.fqans.length === 0
            ? {}
            : { fqans: inspected.fqans.map(plain).join(', ') }),
        } as Record<string, string>,
      }),
    }
  },
}
