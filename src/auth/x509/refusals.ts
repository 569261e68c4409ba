/**
 * Recognizes answers that are about the client certificate: nginx sends a page with status 400, other servers
 * a TLS alert, Apache with certificates per Location and TLS 1.3 a 403.
 */

import { headerValue } from '../../basics/http.js'
import { AuthError, NetworkError } from '../../errors/errors.js'
import { type HttpRequest, type HttpResponse, type Transport, wrapTransport } from '../../transport/index.js'
import { httpFacts } from '../server-message.js'
import type { SentCertificate } from '../types.js'
import { describeSentCertificate } from '../unauthorized.js'

interface Page {
  readonly title: string
  readonly message: string
  readonly hint: string
  /** Whether the certificate was not sent, was sent, or was sent to the wrong port. */
  readonly about: 'missing' | 'sent' | 'port'
}

/** The titles of nginx's error pages. */
const pages: readonly Page[] = [
  {
    title: 'No required SSL certificate was sent',
    message: 'The server wants a client certificate, and none was sent',
    hint: 'Use `auth` x509 with `user-cert`, or set X509_USER_PROXY.',
    about: 'missing',
  },
  {
    title: 'The SSL certificate error',
    message: 'The server did not accept the client certificate',
    hint: 'It may not know the authority that signed it, the certificate may have expired, or the server may not accept proxy certificates: it does not say which. `describe()` shows yours.',
    about: 'sent',
  },
  {
    title: 'The plain HTTP request was sent to HTTPS port',
    message: 'This port speaks TLS',
    hint: 'Write https:// in the endpoint.',
    about: 'port',
  },
]

/** An AuthError when the answer refuses the certificate; undefined when it is about something else. */
export function certificateRefusal(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  sent?: SentCertificate,
): AuthError | undefined {
  const page = pageOf(response)
  if (page !== undefined) {
    const refused = page.about === 'sent' ? sent : undefined
    return new AuthError(page.message, {
      hint: refused === undefined ? page.hint : `${describeSentCertificate(refused)} ${reasonOf(refused)}`,
      http: httpFacts(request, response),
      ...(refused === undefined ? {} : { at: refused.source }),
    })
  }
  const apache = (headerValue(response.headers, 'server') ?? '').startsWith('Apache')
  if (
    response.status === 403 &&
    apache &&
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

/** The hint for a 403 from an Apache to which a certificate was sent over TLS. */
export function postHandshakeHint(response: HttpResponse): string | undefined {
  const apache = (headerValue(response.headers, 'server') ?? '').startsWith('Apache')
  return response.status === 403 && apache && response.url.startsWith('https:')
    ? 'If the certificate should be accepted: Apache may ask for it after the handshake, which does not work with TLS 1.3; try `tls.maxVersion` TLSv1.2.'
    : undefined
}

const alerts: ReadonlySet<unknown> = new Set(['certificate_required', 'no_certificate', 'handshake_failure'])

/**
 * Presents a missing certificate as a 401, so that `auto` can choose a method; undefined for anything else.
 */
export function missingCertificate(request: HttpRequest, answer: unknown): HttpResponse | undefined {
  const synthetic = certificateRequired(request)
  if (answer instanceof NetworkError) return alerts.has(answer.facts?.['alert']) ? synthetic : undefined
  if (answer instanceof Error || typeof answer !== 'object' || answer === null) return undefined
  return pageOf(answer as HttpResponse)?.about === 'missing' ? synthetic : undefined
}

/** A 401 response that stands for a request for a client certificate. */
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

/** Alerts with which a server rejects the client certificate after reading it (RFC 8446 §6.2). */
const refusals: ReadonlySet<unknown> = new Set([
  'access_denied',
  'bad_certificate',
  'certificate_expired',
  'certificate_revoked',
  'certificate_unknown',
  'unknown_ca',
  'unsupported_certificate',
])

/** The AuthError for such an alert when a certificate was sent; undefined otherwise. */
export function certificateAlert(error: unknown, sent?: SentCertificate): AuthError | undefined {
  if (!(error instanceof NetworkError) || !refusals.has(error.facts?.['alert'])) return undefined
  const hint =
    sent === undefined
      ? `${error.hint ?? ''} \`describe()\` shows yours.`.trim()
      : `${describeSentCertificate(sent)} ${sent.mayBeDistrusted ?? error.hint ?? ''} \`describe()\` shows it.`
  return new AuthError(error.message, {
    cause: error,
    hint,
    ...(sent === undefined ? {} : { at: sent.source }),
    ...(error.facts === undefined ? {} : { facts: error.facts }),
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

/** A transport that connects with this certificate, and throws an AuthError where it is refused. */
export function explainingRefusals(transport: Transport, sent: SentCertificate): Transport {
  return wrapTransport(transport, async (request, send) => {
    const response = await send(request).catch((error: unknown) => {
      throw certificateAlert(error, sent) ?? error
    })
    const refusal = certificateRefusal(request, { body: '', ...response }, sent)
    if (refusal !== undefined) throw refusal
    return response
  })
}

/** Possible reasons of the refusal, which nginx's error page does not state. */
function reasonOf({ mayBeDistrusted }: SentCertificate): string {
  const reason =
    mayBeDistrusted ??
    'The server may not know the authority that signed it, consider it revoked, or have another time: it does not say which.'
  return `${reason} \`describe()\` shows it.`
}

function pageOf(response: HttpResponse): Page | undefined {
  if (response.status !== 400) return undefined
  const start = response.body.slice(0, 2000)
  return pages.find(({ title }) => start.includes(title))
}
