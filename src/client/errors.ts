/** Converts responses that are not a success to errors with the server's message and a hint. */

import type { Credentials } from '../auth/index.js'
import {
  certificateRefusal,
  describeSentCertificate,
  postHandshakeHint,
  unauthorized,
} from '../auth/index.js'
import { isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import {
  ConflictError,
  type ErrorDetails,
  ForbiddenError,
  type HttpFacts,
  NotFoundError,
  OcciError,
  ProtocolError,
  ServerError,
  ValidationError,
} from '../errors/errors.js'
import { errorMessage } from '../rendering/index.js'
import { httpFacts as exchangeFacts, type HttpRequest, type HttpResponse } from '../transport/index.js'
import { redirectError, redirectIn, unexpectedNotModified } from './redirects.js'

type RequestLine = Pick<HttpRequest, 'method' | 'url'>

/**
 * The error for a response that is not a success. `credentials` help to explain a 401, a 403 or a refused certificate.
 */
export function refusal(request: RequestLine, response: HttpResponse, credentials?: Credentials): OcciError {
  if (response.status === 401) return unauthorized(request, response, credentials)
  // nginx reports problems with client certificates as a page with status 400.
  const certificate = certificateRefusal(request, response, credentials?.certificate)
  if (certificate !== undefined) return certificate
  const http = httpFacts(request, response)
  const redirect = redirectIn(request, response)
  if (redirect !== undefined) return redirectError(request, http, redirect)
  if (response.status === 304 && isSafeMethod(request.method)) return unexpectedNotModified(request, http)
  const serverMessage = http.serverMessage
  const rule = refusalRules().find(({ when }) =>
    when({ status: response.status, method: request.method, message: serverMessage ?? '' }),
  )
  const hint = response.status === 403 ? forbiddenHint(response, serverMessage, credentials) : rule?.hint
  const details: ErrorDetails = { http, ...omitUndefined({ hint }) }
  const reason = serverMessage ?? rule?.text ?? (response.reason || 'no reason given')
  const message = `The provider answered ${response.status} to ${request.method} ${shortUrl(request.url)}: ${reason}`
  return new (rule?.errorClass ?? ServerError)(message, details)
}

const permissionPattern = /auth|allow|permi|denied|forbid|credential|access|login|token|right/i

/** Returns the hint for a 403. The cause may also be that no credentials were sent, or only a certificate. */
function forbiddenHint(
  response: HttpResponse,
  message: string | undefined,
  credentials?: Credentials,
): string | undefined {
  if (credentials === undefined || credentials.describe().method === 'none') {
    if (message !== undefined && !permissionPattern.test(message)) return undefined
    return 'No credentials were sent; choose a method with `auth`.'
  }
  const missingRights = credentials.certificate?.mayLackRights
  const hint =
    missingRights ??
    (credentials.tls === undefined ? undefined : postHandshakeHint(response)) ??
    'Your credentials were accepted, but not for this; check the project (tenant) and your role.'
  return credentials.certificate === undefined
    ? hint
    : `${describeSentCertificate(credentials.certificate)} ${hint}`
}

/** The error for a response with a successful status whose body consists of an error. */
export function errorInSuccess(request: RequestLine, response: HttpResponse): ServerError {
  const http = httpFacts(request, response)
  const requestLine = `${request.method} ${shortUrl(request.url)}`
  const message = http.serverMessage ?? 'no reason given'
  return new ServerError(
    `The provider answered ${response.status} to ${requestLine}, but with an error: ${message}`,
    {
      http,
    },
  )
}

/** Whether a response arrived but cannot be used, so that another request may be tried. */
export function isUnusableResponse(error: unknown): error is OcciError {
  return error instanceof ProtocolError || error instanceof ServerError || error instanceof NotFoundError
}

/** Whether the provider says that the entity existed and was deleted (410). */
export function isDeleted(error: unknown): error is NotFoundError {
  return error instanceof NotFoundError && error.http?.status === 410
}

/** Returns the HTTP status that caused an error, if there is one. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof OcciError ? error.http?.status : undefined
}

/** Returns the facts of an exchange for an error, with the server's message. */
export function httpFacts(request: RequestLine, response?: HttpResponse): HttpFacts {
  return exchangeFacts(request, response, response && errorMessage(response))
}

/** The facts by which the cause of a refusal is recognised. */
interface RefusalFacts {
  readonly status: number
  readonly method: string
  /** The server's message; empty if it sent none. */
  readonly message: string
}

/** How to report the refusals that meet a condition. Without a rule, a refusal is a ServerError. */
interface RefusalRule {
  readonly when: (facts: RefusalFacts) => boolean
  readonly errorClass: new (message: string, details?: ErrorDetails) => OcciError
  /** The reason to report if the server sends no message. */
  readonly text?: string
  readonly hint?: string
}

const hasStatus =
  (...values: readonly number[]) =>
  (facts: RefusalFacts) =>
    values.includes(facts.status)

/** Matches messages about a value that the server does not accept. */
const valuePattern =
  /\b(unsupported attributes?|invalid (input|value|attribute|parameter|size|format)|must be|should be|cannot be set|out of range|unknown method|provide a (method|valid)|(attribute|parameter|value) .{0,80}\b(not found|invalid|required|missing))/i

/** Matches messages about an entity that is still in use. */
const inUsePattern = /\b(in.use|is (still )?(used|attached|linked)|status must be available|in state USED)\b/i

/**
 * Returns the rules for refusals. The first one whose condition is met applies. A function, since most commands need
 * none.
 */
const refusalRules = (): readonly RefusalRule[] => [
  {
    when: hasStatus(403),
    errorClass: ForbiddenError,
    text: 'not allowed',
  },
  // pyssf and snf-occi spell "not applicable" in three ways. With 501, snf-occi refuses operations that it does not
  // implement (Q68).
  {
    when: ({ status, message }) =>
      status >= 400 &&
      status < 600 &&
      status !== 501 &&
      /\bno(t|w)? applicable|invalid state|wrong state|conflicting state|\bwhile (server|volume) is in '/i.test(
        message,
      ),
    errorClass: ConflictError,
    hint: 'Its state does not allow this now; describe it to see the actions that it offers.',
  },
  {
    // A message of nova that OCCI-OS passes on with 400.
    when: ({ status, message }) =>
      status >= 400 && status < 500 && /user.?data.{0,40}too (large|long|big)/i.test(message),
    errorClass: ForbiddenError,
    hint: 'Make the user data smaller: gzip it, or let a short script fetch the rest.',
  },
  {
    when: ({ status, message }) =>
      status >= 400 && status < 500 && /multiple possible networks/i.test(message),
    errorClass: ConflictError,
    hint: 'Choose one with `links`; `list()` shows them.',
  },
  {
    // Messages of cinder and neutron through ooi, with 400 and 409, and of OpenNebula: "Cannot delete image
    // in state USED".
    when: ({ status, method, message }) =>
      method === 'DELETE' && status >= 400 && status < 600 && inUsePattern.test(message),
    errorClass: ConflictError,
    hint: 'Unlink it first with `unlink()`; `entity.links` shows what is linked to it.',
  },
  {
    when: ({ status, message }) => status === 400 && /updates with one mixin/i.test(message),
    errorClass: ConflictError,
    hint: 'An update can change only the size (`resource_tpl`) or the image (`os_tpl`) here.',
  },
  {
    // rOCCI-server 2.0 does not give the reason (rocci2-11).
    when: ({ status, message }) => status === 409 && /not compliant with server restrictions/i.test(message),
    errorClass: ValidationError,
    hint: 'Give a machine an image (`os_tpl`) and a size (`resource_tpl`), and set no cores or memory that differ from the size; give a floating address a pool (`mixins`).',
  },
  {
    // A message of ooi, and of snf-occi of 2017, which is built on it.
    when: ({ status, message }) =>
      status === 400 && /^Missing OCCI types: .{0,100}template\/(os|resource)#/i.test(message),
    errorClass: ValidationError,
    hint: 'A machine needs an image (`os_tpl`) and a size (`resource_tpl`) here.',
  },
  {
    when: ({ status, message }) =>
      status === 400 && /^Missing OCCI types: .{0,100}network#ipnetwork\b/i.test(message),
    errorClass: ValidationError,
    hint: 'A network needs its range of addresses here: `occi.network.address: 10.0.0.0/24`.',
  },
  {
    // A KeyError of Python, to which pyssf answers 404: `'occi.core.summary'`.
    when: ({ status, message }) =>
      status === 404 && message.length < 200 && /^'[a-z]+(\.[\w-]+)+'$/i.test(message),
    errorClass: ValidationError,
    hint: 'Set the attribute that the message names, with its option or in `attributes`.',
  },
  {
    when: ({ status, method, message }) =>
      status === 400 && !isSafeMethod(method) && valuePattern.test(message),
    errorClass: ValidationError,
    hint: 'The provider refused the request and changed nothing; `model()` shows what it accepts.',
  },
  // Cyclades, the compute service behind snf-occi, has numeric ids and answers 400 to any other id.
  {
    when: ({ status, method, message }) =>
      status === 400 && isSafeMethod(method) && /\binvalid (server|volume|network) id\b/i.test(message),
    errorClass: NotFoundError,
  },
  { when: hasStatus(404), errorClass: NotFoundError, text: 'it does not exist' },
  { when: hasStatus(410), errorClass: NotFoundError, text: 'it was deleted' },
  { when: hasStatus(409, 422, 423), errorClass: ConflictError, text: 'it conflicts with the current state' },
  // rOCCI-server 1.1 answers 304 if an action, update or deletion failed.
  {
    when: ({ status, method }) => status === 304 && method !== 'GET' && method !== 'HEAD',
    errorClass: ConflictError,
    text: 'nothing was changed',
  },
  {
    // snf-occi answers 406 if a title or template is missing, and changes nothing (Q17).
    when: ({ status, message }) => status === 406 && /missing/i.test(message),
    errorClass: ValidationError,
    hint: 'This provider requires a title, an image (`os_tpl`) and a size (`resource_tpl`).',
  },
  {
    when: hasStatus(406, 415),
    errorClass: ServerError,
    text: 'it does not know the media type',
    hint: 'Try another rendering with `mediaType`.',
  },
  { when: hasStatus(405), errorClass: ServerError, text: 'the provider does not offer this here' },
  {
    when: hasStatus(413),
    errorClass: ForbiddenError,
    text: 'the request is too large for it, or over a quota',
  },
  { when: hasStatus(414, 431), errorClass: ServerError, text: 'the request is too large for it' },
  {
    when: hasStatus(429),
    errorClass: ServerError,
    text: 'too many requests',
    hint: 'Wait a little and try again.',
  },
  { when: hasStatus(501), errorClass: ServerError, text: 'the provider does not implement this' },
  { when: hasStatus(502, 503, 504), errorClass: ServerError, text: 'the provider is not available now' },
]

/** Returns the path and query of a URL. */
function shortUrl(text: string): string {
  try {
    const url = new URL(text)
    return url.pathname + url.search
  } catch {
    return text.slice(0, 200)
  }
}
