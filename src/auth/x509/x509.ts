/**
 * Authentication by client certificate: a certificate and key, one PEM file, PKCS#12, or an RFC 3820 / VOMS
 * proxy.
 */
import { plainText } from '../../basics/words.js'
import type { AuthOption, AuthPlugin } from '../types.js'
import type { Inspection } from './inspect.js'

export const certificateOptions: readonly AuthOption[] = [
  {
    name: 'user-cert',
    value: 'FILE',
    sensitivity: 'pointer',
    path: true,
    description:
      'client certificate: PEM (with or without the key), PKCS#12 or proxy; default: X509_USER_PROXY, X509_USER_CERT, /tmp/x509up_uUID, ~/.globus',
    env: ['OS_CERT'],
  },
  {
    name: 'user-cred',
    value: 'FILE',
    sensitivity: 'pointer',
    path: true,
    description: 'same as `user-cert`, under the name that rOCCI-cli uses',
  },
  {
    name: 'user-key',
    value: 'FILE',
    sensitivity: 'pointer',
    path: true,
    description: 'private key of the certificate, if it is in another file',
    env: ['OS_KEY'],
  },
  {
    name: 'passphrase',
    value: 'PASSPHRASE',
    sensitivity: 'secret',
    description: 'passphrase of the private key or PKCS#12 file',
  },
]

export const x509: AuthPlugin = {
  name: 'x509',
  description: 'X.509 client certificate or VOMS proxy',
  options: certificateOptions,
  async authenticate(context) {
    // Loaded only for a login: every command loads this file, because it reads the options of all methods.
    const { clientCertificate } = await import('./client-certificate.js')
    const { certificateAlert } = await import('./refusals.js')
    const { tls, sentCertificate, subject, fingerprint, inspection } = await clientCertificate(context)
    return {
      identity: `x509:${subject}:${inspection === undefined ? fingerprint : (inspection.voms[0]?.vo ?? '')}`,
      sign: async () => [],
      refused: async (_, error) => certificateAlert(error, sentCertificate),
      tls,
      certificate: sentCertificate,
      ...(inspection === undefined ? {} : { expires: inspection.validUntil }),
      describe: () => ({
        method: 'x509',
        subject,
        ...(inspection === undefined
          ? {}
          : { issuer: plainText(inspection.issuer), expires: inspection.validUntil }),
        details: { file: sentCertificate.file, ...(inspection === undefined ? {} : detailsOf(inspection)) },
      }),
    }
  },
}

/** Details for `describe()`. `voExpires` is when the first VOMS attributes expire, perhaps before the proxy. */
function detailsOf({ kind, limited, subject, voms }: Inspection): Record<string, string> {
  const attributeEnds = voms.flatMap(({ validUntil }) =>
    validUntil === undefined ? [] : [validUntil.getTime()],
  )
  return {
    kind,
    ...(kind === 'certificate' ? {} : { limited: String(limited), proxySubject: plainText(subject) }),
    ...(voms.length === 0
      ? {}
      : {
          vo: voms.map(({ vo }) => plainText(vo ?? 'unknown')).join(', '),
          fqans: voms.flatMap(({ fqans }) => fqans.map(plainText)).join(', '),
        }),
    ...(attributeEnds.length === 0 ? {} : { voExpires: new Date(Math.min(...attributeEnds)).toISOString() }),
  }
}
