import { omitUndefined } from '../basics/objects.js'
import { ConfigError, type ErrorDetails, NetworkError, type OcciError } from '../errors/errors.js'

/** The server of a TLS connection. */
interface Peer {
  /** Host and port, and the proxy if there is one. */
  readonly host: string
  /** What hints call the server. */
  readonly server: string
}

/** The error with which `TlsMaterial.checkServer` rejects a server. */
export class DistrustError extends Error {
  constructor(
    /** The end of the sentence "The certificate of HOST …". */
    readonly problem: string,
    readonly hint: string,
  ) {
    super(problem)
    this.name = 'DistrustError'
  }
}

/** Converts a TLS failure to an error of this library; undefined for other errors. */
export function tlsFailure(
  error: unknown,
  code: string,
  peer: Peer,
  details: ErrorDetails,
): OcciError | undefined {
  const { host, server } = peer
  const certificateProblem = error instanceof DistrustError ? error : certificateProblems[code]
  if (certificateProblem !== undefined) {
    return new NetworkError(`The certificate of ${host} ${certificateProblem.problem}.`, {
      ...details,
      hint: certificateProblem.hint,
    })
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
  const fileProblem = clientFileErrors.find(([pattern]) => pattern.test(`${code} ${messageOf(error)}`))
  if (fileProblem !== undefined) {
    const [, message, hint] = fileProblem
    return new ConfigError(message, { ...details, hint })
  }
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) {
    return new NetworkError(`The TLS handshake with ${host} failed (${code}).`, {
      ...details,
      hint: 'Examine it with: openssl s_client -connect HOST:PORT',
    })
  }
  return undefined
}

/** Returns the name of the alert, as in `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`; undefined if the error is not an alert. */
function alertOf(error: unknown, code: string): string | undefined {
  const match = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_([A-Z_]+)$/.exec(code)
  if (match?.[1] !== undefined) return match[1]
  const inMessage = /(?:sslv3|tlsv1|tlsv13) alert ([a-z ]{1,40})/.exec(messageOf(error))
  return inMessage?.[1]?.trim().replaceAll(' ', '_').toUpperCase()
}

export const trustHint =
  'Give the CA that signed it with `tls.ca`. `tls.insecure` skips the check: use it only in a network that you trust.'

interface CertificateProblem {
  readonly problem: string
  readonly hint: string
}

const selfSigned: CertificateProblem = { problem: 'is self-signed and not trusted', hint: trustHint }
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
  // The server sent only its own certificate.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    ...unknownCa,
    hint: `${trustHint} It is also possible that the server does not send its intermediate certificates: if so, tell the provider.`,
  },
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  CERT_UNTRUSTED: unknownCa,
  CERT_REJECTED: unknownCa,
  INVALID_CA: unknownCa,
  CERT_SIGNATURE_FAILURE: { problem: 'has an invalid signature', hint: trustHint },
  CERT_HAS_EXPIRED: {
    problem: 'has expired',
    hint: 'Tell the provider, and check the clock of this computer.',
  },
  CERT_NOT_YET_VALID: { problem: 'is not valid yet', hint: 'Check the clock of this computer.' },
  CERT_REVOKED: { problem: 'has been revoked', hint: 'Tell the provider.' },
}

function wrongName(error: unknown, { host, server }: Peer, details: ErrorDetails): NetworkError {
  const { cert } = error as { cert?: { subjectaltname?: unknown; subject?: { CN?: unknown } } }
  const alternativeNames = typeof cert?.subjectaltname === 'string' ? cert.subjectaltname : ''
  const commonName = typeof cert?.subject?.CN === 'string' ? cert.subject.CN : ''
  const names = alternativeNames
    .slice(0, 4000)
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, '').replace(/[^\x21-\x7e]/g, '?'))
    .filter((name) => name !== '')
  const shownNames =
    names.length > 0 ? names.slice(0, 8).join(', ') : commonName.replace(/[^\x20-\x7e]/g, '?') || 'no name'
  return new NetworkError(`The certificate of ${host} is for other names: ${shownNames}.`, {
    ...details,
    hint: `Use one of these names for the ${server}, if it is the same service.`,
    facts: { ...details.facts, names },
  })
}

const certificateHint =
  'Check the client certificate (`user-cert`, `user-key`): its validity, and whether the provider trusts its CA.'

const alerts: Readonly<Record<string, { readonly problem: string; readonly hint?: string }>> = {
  CERTIFICATE_REQUIRED: {
    problem: 'because it requires a client certificate and none was sent',
    hint: 'Use `auth` x509 with `user-cert`.',
  },
  HANDSHAKE_FAILURE: {
    problem: 'in the handshake',
    hint: 'It may require a client certificate (`auth` x509), or supports no cipher or TLS version in common.',
  },
  BAD_CERTIFICATE: { problem: 'because it does not accept the client certificate', hint: certificateHint },
  NO_CERTIFICATE: {
    problem: 'because it requires a client certificate and none was sent',
    hint: 'Use `auth` x509 with `user-cert`.',
  },
  UNSUPPORTED_CERTIFICATE: {
    problem: 'because it does not support this kind of client certificate',
    hint: certificateHint,
  },
  CERTIFICATE_EXPIRED: {
    problem: 'because the client certificate has expired',
    hint: 'Renew the certificate or proxy certificate, and check the clock of this computer.',
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
    problem: 'because it does not trust the authority that signed the client certificate',
    hint: certificateHint,
  },
  ACCESS_DENIED: { problem: 'because it denies access to the client certificate', hint: certificateHint },
  PROTOCOL_VERSION: {
    problem: 'because there is no TLS version in common',
    hint: 'The server may support only TLS 1.0 or 1.1, which are insecure: ask the provider to update it.',
  },
  UNRECOGNIZED_NAME: {
    problem: 'because it does not serve this host name',
    hint: 'Use the host name of the service, not an address or alias.',
  },
}

/** Codes of errors for a server that answers without TLS. */
const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
])

/** Errors of OpenSSL about the files of the client certificate and its key. */
const clientFileErrors: readonly (readonly [pattern: RegExp, message: string, hint: string])[] = [
  [
    /KEY_VALUES_MISMATCH|key values mismatch/,
    'The private key does not belong to the client certificate.',
    'Check `user-cert` and `user-key`.',
  ],
  [
    /BAD_DECRYPT|MAC_VERIFY_FAILURE|mac verify failure|bad decrypt|BAD_PASSWORD_READ|bad password read|INTERRUPTED_OR_CANCELLED/,
    'The private key is encrypted and its passphrase is missing or wrong.',
    'Provide the right passphrase.',
  ],
  [
    // Decrypted with a wrong passphrase, one key in 256 has valid padding by chance, and OpenSSL fails later.
    /ERR_OSSL_UNSUPPORTED/,
    'The private key cannot be decrypted: its passphrase is wrong, or OpenSSL 3 no longer reads its encryption.',
    'Provide the right passphrase.',
  ],
  [
    /ERR_CRYPTO_UNSUPPORTED_OPERATION|unsupported$|ERR_OSSL_EVP_UNSUPPORTED/,
    'The certificate file uses an encryption that OpenSSL 3 no longer reads (old PKCS#12 files use RC2-40).',
    'Convert it: openssl pkcs12 -legacy -in OLD.p12 -nodes | openssl pkcs12 -export -out NEW.p12',
  ],
  [
    /NO_START_LINE|no start line|BAD_BASE64|bad base64|ASN1|asn1|not enough data|PKCS12 parse|ERR_OSSL_PEM/,
    'A certificate or key file is not in the expected format (PEM, or PKCS#12 for .p12).',
    'Examine it with: openssl x509 -in FILE -noout -subject',
  ],
  [
    /EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK|CA_KEY_TOO_SMALL/,
    'The client certificate or its CA uses a key or hash that is too weak for TLS.',
    'Get a certificate with at least RSA 2048 and SHA-256.',
  ],
]

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
