/**
 * Authentication by client certificate: a certificate and key, one PEM file, PKCS#12, or an RFC 3820 / VOMS
 * proxy.
 */
import { present } from '../json.js'
import { plain } from '../server-message.js'
import type { AuthPlugin } from '../types.js'
import { clientCertificate } from './client-certificate.js'
import { certificateOptions } from './options.js'
import { certificateAlert } from './refusals.js'

export const x509: AuthPlugin = {
  name: 'x509',
  description: 'X.509 client certificate or VOMS proxy',
  options: certificateOptions,
  async authenticate(context) {
    const { tls, file, because, subject, fingerprint, inspected } = await clientCertificate(context)
    return {
      identity: `x509:${subject}:${inspected?.vo ?? (inspected === undefined ? fingerprint : '')}`,
      sign: async () => [],
      refused: async (_, error) => certificateAlert(error, { file, because }),
      tls,
      certificate: { file, because },
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
