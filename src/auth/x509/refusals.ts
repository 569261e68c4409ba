/**
 * Recognizes answers that refuse a client certificate or ask for one: nginx sends a page with status 400, Apache a 403
 * if only a Location needs the certificate and TLS 1.3 is used, other servers a TLS alert.
 */

import { headerValue } from '../../basics/http.js'
import { AuthError, NetworkError } from '../../errors/errors.js'
import { type HttpRequest, type HttpResponse, type Transport, wrapTransport } from '../../transport/index.js'
import { httpFacts } from '../server-message.js'
import type { SentCertificate } from '../types.js'
import { describeSentCertificate } from '../unauthorized.js'

interface ErrorPage {
  readonly title: string
  readonly message: string
  readonly hint: string
  /** No certificate was sent, the certificate was refused, or the port expects TLS. */
  readonly cause: 'missing' | 'refused' | 'port'
}

/** The error pages of nginx about certificates, by title. */
const nginxErrorPages: readonly ErrorPage[] = [
  {
    title: 'No required SSL certificate was sent',
    message: 'The server requires a client certificate, and none was sent',
    hint: 'Use `auth` x509 with `user-cert`, or set X509_USER_PROXY.',
    cause: 'missing',
  },
  {
    title: 'The SSL certificate error',
    message: 'The server did not accept the client certificate',
    hint: 'It does not say why: it may not know the authority that signed it, the certificate may have expired, or the server may not accept proxy certificates. `describe()` shows your certificate.',
    cause: 'refused',
  },
  {
    title: 'The plain HTTP request was sent to HTTPS port',
    message: 'This port speaks TLS',
    hint: 'Write https:// in the endpoint.',
    cause: 'port',
  },
]

/** Returns an AuthError if the answer refuses the certificate or asks for one; undefined for any other answer. */
export function certificateRefusal(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  sentCertificate?: SentCertificate,
): AuthError | undefined {
  const page = errorPageOf(response)
  if (page !== undefined) {
    const refusedCertificate = page.cause === 'refused' ? sentCertificate : undefined
    return new AuthError(page.message, {
      hint:
        refusedCertificate === undefined
          ? page.hint
          : `${describeSentCertificate(refusedCertificate)} ${distrustReason(refusedCertificate)}`,
      http: httpFacts(request, response),
      ...(refusedCertificate === undefined ? {} : { at: refusedCertificate.source }),
    })
  }
  if (
    isApacheForbidden(response) &&
    request.url.startsWith('https:') &&
    /renegotiation|post-handshake/i.test(response.body)
  ) {
    return new AuthError(
      'The server asks for the certificate only after the handshake, which TLS 1.3 clients cannot answer',
      {
        hint: 'Try `tls.maxVersion` TLSv1.2.',
        http: httpFacts(request, response),
      },
    )
  }
  return undefined
}

/** Returns the hint for a 403 from Apache after a certificate was sent; undefined for any other answer. */
export function postHandshakeHint(response: HttpResponse): string | undefined {
  return isApacheForbidden(response) && response.url.startsWith('https:')
    ? 'If the certificate should be accepted: Apache may ask for it after the handshake, which does not work with TLS 1.3; try `tls.maxVersion` TLSv1.2.'
    : undefined
}

function isApacheForbidden({ status, headers }: HttpResponse): boolean {
  return status === 403 && (headerValue(headers, 'server') ?? '').startsWith('Apache')
}

/** TLS alerts that a server may send when the client certificate is missing. */
const missingCertificateAlerts: ReadonlySet<unknown> = new Set([
  'certificate_required',
  'no_certificate',
  'handshake_failure',
])

/**
 * Returns a 401 for an answer or error that says that the client certificate is missing, so that `auto` can choose a
 * method; undefined for any other.
 */
export function missingCertificate(request: HttpRequest, answer: unknown): HttpResponse | undefined {
  return saysCertificateMissing(answer) ? certificateRequired(request) : undefined
}

function saysCertificateMissing(answer: unknown): boolean {
  if (answer instanceof NetworkError) return missingCertificateAlerts.has(answer.facts?.['alert'])
  if (answer instanceof Error || typeof answer !== 'object' || answer === null) return false
  return errorPageOf(answer as HttpResponse)?.cause === 'missing'
}

/** Returns the 401 response by which occi represents that a server asks for a client certificate. */
export function certificateRequired({ url }: Pick<HttpRequest, 'url'>): HttpResponse {
  return {
    status: 401,
    reason: 'Client certificate required',
    headers: [],
    body: '',
    url,
    tolerated: ['certificate-required'],
  }
}

/** TLS alerts by which a server rejects the client certificate that it received (RFC 8446 §6.2). */
const refusalAlerts: ReadonlySet<unknown> = new Set([
  'access_denied',
  'bad_certificate',
  'certificate_expired',
  'certificate_revoked',
  'certificate_unknown',
  'unknown_ca',
  'unsupported_certificate',
])

/** Returns the AuthError for a TLS alert that rejects the client certificate; undefined for other errors. */
export function certificateAlert(error: unknown, sentCertificate?: SentCertificate): AuthError | undefined {
  if (!(error instanceof NetworkError) || !refusalAlerts.has(error.facts?.['alert'])) return undefined
  const hint =
    sentCertificate === undefined
      ? `${error.hint ?? ''} \`describe()\` shows your certificate.`.trim()
      : `${describeSentCertificate(sentCertificate)} ${sentCertificate.mayBeDistrusted ?? error.hint ?? ''} \`describe()\` shows it.`
  return new AuthError(error.message, {
    cause: error,
    hint,
    ...(sentCertificate === undefined ? {} : { at: sentCertificate.source }),
    ...(error.facts === undefined ? {} : { facts: error.facts }),
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

/** Wraps a transport that sends this certificate so that it throws an AuthError if the certificate is refused. */
export function explainRefusals(transport: Transport, sentCertificate: SentCertificate): Transport {
  return wrapTransport(transport, async (request, send) => {
    const response = await send(request).catch((error: unknown) => {
      throw certificateAlert(error, sentCertificate) ?? error
    })
    const refusal = certificateRefusal(request, { body: '', ...response }, sentCertificate)
    if (refusal !== undefined) throw refusal
    return response
  })
}

/** Returns the possible reasons for a refusal, because nginx's error page states none. */
function distrustReason({ mayBeDistrusted }: SentCertificate): string {
  const reason =
    mayBeDistrusted ??
    'The server does not say why: it may not know the authority that signed it, consider it revoked, or have another time.'
  return `${reason} \`describe()\` shows it.`
}

function errorPageOf(response: HttpResponse): ErrorPage | undefined {
  if (response.status !== 400) return undefined
  const start = response.body.slice(0, 2000)
  return nginxErrorPages.find(({ title }) => start.includes(title))
}
