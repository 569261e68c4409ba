import { omitUndefined } from '../basics/objects.js'
import { ConfigError, type ErrorDetails, NetworkError, type OcciError } from '../errors/errors.js'

interface Peer {
  /** Host and port. */
  readonly host: string
  /** How hints refer to the server. */
  readonly server: string
}

/** The reason why `TlsMaterial.checkServer` refuses a server, as the end of "The certificate of HOST …". */
export class DistrustError extends Error {
  constructor(
    readonly problem: string,
    readonly hint: string,
  ) {
    super(problem)
    this.name = 'DistrustError'
  }
}

/** Describes a TLS failure; undefined for other errors. */
export function tlsFailure(
  error: unknown,
  code: string,
  peer: Peer,
  details: ErrorDetails,
): OcciError | undefined {
  const { host, server } = peer
  const known = error instanceof DistrustError ? error : certificateProblems[code]
  if (known !== undefined) {
    return new NetworkError(`The certificate of ${host} ${known.problem}.`, { ...details, hint: known.hint })
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(error, peer, details)
  const alert = alertOf(error, code)
  if (alert !== undefined) {
    const reason = alerts[alert] ?? {
      problem: `with the TLS alert "${alert.toLowerCase().replaceAll('_', ' ')}"`,
    }
    return new NetworkError(`${host} refused the TLS connection ${reason.problem}.`, {
      ...details,
      ...omitUndefined({ hint: reason.hint }),
      facts: { ...details.facts, alert: alert.toLowerCase() },
    })
  }
  if (
    notTls.has(code) ||
    (code === 'EPROTO' && /wrong version number|packet length/.test(messageOf(error)))
  ) {
    return new NetworkError(`${host} does not speak TLS.`, {
      ...details,
      hint:
        server === 'endpoint'
          ? `Write http:// instead of https:// for ${host}, if you trust the network in between.`
          : `Check the address of the ${server}.`,
    })
  }
  const material = clientFileErrors.find(([pattern]) => pattern.test(`${code} ${messageOf(error)}`))
  if (material !== undefined) return new ConfigError(material[1], { ...details, hint: material[2] })
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) {
    return new NetworkError(`The TLS handshake with ${host} failed (${code}).`, {
      ...details,
      hint: 'Examine it with: openssl s_client -connect HOST:PORT',
    })
  }
  return undefined
}

/** The alert's name in a code such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` or `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED`. */
function alertOf(error: unknown, code: string): string | undefined {
  const match = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_([A-Z_]+)$/.exec(code)
  if (match?.[1] !== undefined) return match[1]
  const worded = /(?:sslv3|tlsv1|tlsv13) alert ([a-z ]{1,40})/.exec(messageOf(error))
  return worded?.[1]?.trim().replaceAll(' ', '_').toUpperCase()
}

export const trustHint =
  'Give the CA that signed it with `tls.ca`. `tls.insecure` skips the check: use it only in a network that you trust.'

interface CertificateProblem {
  readonly problem: string
  readonly hint: string
}

const selfSigned: CertificateProblem = { problem: 'is signed by itself and is not trusted', hint: trustHint }
const unknownCa: CertificateProblem = {
  problem: 'is signed by an authority that is not trusted here',
  hint: trustHint,
}

const certificateProblems: Readonly<Record<string, CertificateProblem>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: {
    problem: 'ends in a self-signed authority that is not trusted here',
    hint: trustHint,
  },
  // The server sent one certificate only.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    ...unknownCa,
    hint: `${trustHint} It may also be that the server does not send the certificates between its own and its authority's: tell the provider.`,
  },
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  CERT_UNTRUSTED: unknownCa,
  CERT_REJECTED: unknownCa,
  INVALID_CA: unknownCa,
  CERT_SIGNATURE_FAILURE: { problem: 'has a signature that is wrong', hint: trustHint },
  CERT_HAS_EXPIRED: {
    problem: 'has expired',
    hint: 'Tell the provider; check the clock of this machine too.',
  },
  CERT_NOT_YET_VALID: { problem: 'is not valid yet', hint: 'Check the clock of this machine.' },
  CERT_REVOKED: { problem: 'has been revoked', hint: 'Tell the provider.' },
}

function wrongName(error: unknown, { host, server }: Peer, details: ErrorDetails): NetworkError {
  const { cert } = error as { cert?: { subjectaltname?: unknown; subject?: { CN?: unknown } } }
  const listed = typeof cert?.subjectaltname === 'string' ? cert.subjectaltname : ''
  const common = typeof cert?.subject?.CN === 'string' ? cert.subject.CN : ''
  const names = listed
    .slice(0, 4000)
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, '').replace(/[^\x21-\x7e]/g, '?'))
    .filter((name) => name !== '')
  const shown =
    names.length > 0 ? names.slice(0, 8).join(', ') : common.replace(/[^\x20-\x7e]/g, '?') || 'no name'
  return new NetworkError(`The certificate of ${host} is for other names: ${shown}.`, {
    ...details,
    hint: `Use one of these names for the ${server}, if it is the same service.`,
    facts: { ...details.facts, names },
  })
}

const certificateHint =
  'Check the client certificate (`user-cert`, `user-key`): its validity, and whether the provider trusts its CA.'

const alerts: Readonly<Record<string, { readonly problem: string; readonly hint?: string }>> = {
  CERTIFICATE_REQUIRED: {
    problem: 'because it wants a client certificate and none was sent',
    hint: 'Use `auth` x509 with `user-cert`.',
  },
  HANDSHAKE_FAILURE: {
    problem: 'in the handshake',
    hint: 'It may want a client certificate (`auth` x509), or offers no cipher or TLS version in common.',
  },
  BAD_CERTIFICATE: { problem: 'because it does not accept the client certificate', hint: certificateHint },
  NO_CERTIFICATE: {
    problem: 'because it wants a client certificate and none was sent',
    hint: 'Use `auth` x509 with `user-cert`.',
  },
  UNSUPPORTED_CERTIFICATE: {
    problem: 'because it does not support this kind of client certificate',
    hint: certificateHint,
  },
  CERTIFICATE_EXPIRED: {
    problem: 'because the client certificate has expired',
    hint: 'Renew the certificate or proxy, and check the clock of this machine.',
  },
  CERTIFICATE_REVOKED: {
    problem: 'because the client certificate was revoked',
    hint: 'Get a new certificate.',
  },
  CERTIFICATE_UNKNOWN: {
    problem: 'because it does not accept the client certificate',
    hint: certificateHint,
  },
  UNKNOWN_CA: {
    problem: 'because it does not know the authority that signed the client certificate',
    hint: certificateHint,
  },
  ACCESS_DENIED: { problem: 'because the client certificate has no access', hint: certificateHint },
  PROTOCOL_VERSION: {
    problem: 'because there is no TLS version in common',
    hint: 'The server may know only TLS 1.0 or 1.1, which are not safe; ask the provider to update it.',
  },
  UNRECOGNIZED_NAME: {
    problem: 'because it does not serve this host name',
    hint: 'Use the host name of the service, not an address or alias.',
  },
}

const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
])

/** Errors of OpenSSL about the client's own certificate and key files. */
const clientFileErrors: readonly (readonly [RegExp, string, string])[] = [
  [
    /KEY_VALUES_MISMATCH|key values mismatch/,
    'The private key does not belong to the client certificate.',
    'Check `user-cert` and `user-key`.',
  ],
  [
    /BAD_DECRYPT|MAC_VERIFY_FAILURE|mac verify failure|bad decrypt|BAD_PASSWORD_READ|bad password read|INTERRUPTED_OR_CANCELLED/,
    'The private key is encrypted and its passphrase is missing or wrong.',
    'Give the right passphrase.',
  ],
  [
    // A wrong passphrase yields garbage. In one of 256 cases OpenSSL accepts its padding and fails later.
    /ERR_OSSL_UNSUPPORTED/,
    'The private key cannot be decrypted: its passphrase is wrong, or OpenSSL 3 no longer reads its encryption.',
    'Give the right passphrase.',
  ],
  [
    /ERR_CRYPTO_UNSUPPORTED_OPERATION|unsupported$|ERR_OSSL_EVP_UNSUPPORTED/,
    'The certificate file uses an encryption that OpenSSL 3 no longer reads (RC2-40, as old PKCS#12 files do).',
    'Convert it: openssl pkcs12 -legacy -in OLD.p12 -nodes | openssl pkcs12 -export -out NEW.p12',
  ],
  [
    /NO_START_LINE|no start line|BAD_BASE64|bad base64|ASN1|asn1|not enough data|PKCS12 parse|ERR_OSSL_PEM/,
    'A certificate or key file is not in the expected format (PEM, or PKCS#12 for .p12).',
    'Examine it with: openssl x509 -in FILE -noout -subject',
  ],
  [
    /EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK|CA_KEY_TOO_SMALL/,
    'The client certificate or its CA uses a key or hash that is too weak for today’s TLS.',
    'Get a certificate with at least RSA 2048 and SHA-256.',
  ],
]

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
