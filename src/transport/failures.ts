import { formatLimit } from '../basics/amounts.js'
import { omitUndefined } from '../basics/objects.js'
import { plainText } from '../basics/words.js'
import {
  CancelledError,
  ConfigError,
  type ErrorDetails,
  NetworkError,
  OcciError,
  ProtocolError,
  TimeoutError,
  UsageError,
} from '../errors/errors.js'
import { interrupted } from '../errors/interruption.js'
import { redactUrl } from './redact.js'
import { tlsFailure } from './tls-failures.js'

/**
 * Whether a failed request was sent. `no`: no byte can have reached the server. `maybe`: it may have been carried out.
 */
export type Sent = 'no' | 'maybe'

export interface RequestCircumstances {
  readonly method: string
  readonly url: string
  /** How hints refer to the server: `endpoint`, `Keystone`. */
  readonly server: string
  readonly sent: Sent
  /** Whether the response headers had arrived. */
  readonly answered: boolean
  /** The timeouts in force, in milliseconds. */
  readonly connectTimeout: number
  readonly headersTimeout: number
  readonly bodyTimeout: number
  /** The proxy in use, without credentials. */
  readonly proxy?: string | undefined
}

/** The caller's signal was aborted with this reason. */
export class Aborted extends Error {
  constructor(readonly reason: unknown) {
    super('aborted')
  }
}

/** Loads a module of this package. Throws ConfigError if it is missing, rather than an error that looks like the network's. */
export async function loadModule<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load()
  } catch (error) {
    throw notLoaded(error)
  }
}

function notLoaded(error: unknown): ConfigError {
  return new ConfigError(`The HTTP client cannot be loaded: ${plainText(messageOf(error))}.`, {
    cause: error,
    hint: 'Install the package again, with its dependencies. A bundle of ES modules leaves undici outside.',
    facts: { sent: 'no' },
  })
}

/** Converts an error of undici, node:net, node:tls or a signal to the error family. */
export function failure(error: unknown, attempt: RequestCircumstances): OcciError {
  if (error instanceof OcciError) return error
  if (error instanceof Aborted) {
    const { http, facts } = details(attempt, undefined)
    return interrupted(error.reason, 'The request', { ...omitUndefined({ http, facts }) })
  }
  const code = codeOf(error)
  const createError = factories[code]
  if (createError !== undefined) return createError(attempt, error)
  const tls = tlsFailure(
    error,
    code,
    { host: serverOf(attempt), server: attempt.server },
    details(attempt, error),
  )
  if (tls !== undefined) return tls
  // undici 7.30.2 leaves the code of most parser errors undefined.
  if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError') return notHttp(attempt, error)
  return new NetworkError(
    `The request to ${serverOf(attempt)} failed: ${plainText(messageOf(error))}`,
    details(attempt, error),
  )
}

/** The error for a request that took longer than `total` milliseconds. */
export function totalTimeoutError(total: number, attempt: RequestCircumstances): TimeoutError {
  const withinOtherLimits = !attempt.answered && total >= attempt.headersTimeout && attempt.headersTimeout > 0
  if (
    withinOtherLimits &&
    attempt.sent === 'no' &&
    total >= attempt.connectTimeout &&
    attempt.connectTimeout > 0
  ) {
    return connectTimeoutError(attempt, undefined)
  }
  if (withinOtherLimits) return headersTimeoutError(attempt, undefined)
  return new TimeoutError(
    `The request to ${serverOf(attempt)} took longer than ${formatLimit(total)} in all.`,
    {
      http: { method: attempt.method, url: redactUrl(attempt.url) },
      hint: 'Allow more time with `http.headersTimeout`.',
      facts: { sent: attempt.sent, timeout: 'total', milliseconds: total },
    },
  )
}

/** The code of an error, or of the first error in an aggregate (Node tries IPv4 and IPv6). */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return ''
}

type ErrorFactory = (attempt: RequestCircumstances, error: unknown) => OcciError

const unknownHost: ErrorFactory = (attempt, error) =>
  new NetworkError(
    `The ${attempt.proxy ? 'proxy' : 'host'} ${hostOf(attempt)} is not known: its name cannot be resolved.`,
    {
      ...details(attempt, error),
      hint: attempt.proxy
        ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
        : `Check the spelling of the ${attempt.server}, and that DNS or the VPN works.`,
    },
  )

const connectionRefused: ErrorFactory = (attempt, error) =>
  new NetworkError(`${peerOf(attempt)} refuses the connection: nothing listens there.`, {
    ...transient(attempt, error),
    hint: attempt.proxy
      ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
      : `Check the port of the ${attempt.server}, and that the service runs.`,
  })

const unreachable: ErrorFactory = (attempt, error) =>
  new NetworkError(`${peerOf(attempt)} cannot be reached: there is no route to it.`, {
    ...transient(attempt, error),
    hint: 'Check the network connection, VPN and firewall.',
  })

const connectionClosed: ErrorFactory = (attempt, error) => {
  const when = attempt.answered
    ? 'in the middle of its answer'
    : attempt.sent === 'no'
      ? 'at once'
      : 'before it answered'
  return new NetworkError(`${serverOf(attempt)} closed the connection ${when}.`, {
    ...transient(attempt, error),
    hint:
      attempt.sent === 'no'
        ? attempt.server === 'endpoint'
          ? 'Check that the endpoint has the right scheme (http or https) and port.'
          : `Check the address of the ${attempt.server}.`
        : 'Try again; if it happens each time, look at the log of the server or of a proxy in between.',
  })
}

const connectTimeoutError = (attempt: RequestCircumstances, error: unknown) =>
  // Through a tunnel, the proxy may have been slow, or the server behind it.
  new TimeoutError(
    attempt.proxy !== undefined && (attempt.url.startsWith('https:') || attempt.proxy.startsWith('socks'))
      ? `${peerOf(attempt)} gave no connection to ${new URL(attempt.url).host} within ${formatLimit(attempt.connectTimeout)}.`
      : `${peerOf(attempt)} did not accept a connection within ${formatLimit(attempt.connectTimeout)}.`,
    {
      ...details({ ...attempt, sent: 'no' }, error),
      hint: `Check the ${attempt.proxy === undefined ? attempt.server : 'proxy settings (http_proxy, https_proxy, no_proxy)'}, firewall and VPN, or allow more time with \`http.connectTimeout\`.`,
      facts: { sent: 'no', transient: true, timeout: 'connect', milliseconds: attempt.connectTimeout },
    },
  )

const headersTimeoutError = (attempt: RequestCircumstances, error: unknown) =>
  new TimeoutError(
    `${serverOf(attempt)} did not begin to answer within ${formatLimit(attempt.headersTimeout)}.`,
    {
      ...details(attempt, error),
      hint: 'Allow more time with `http.headersTimeout`.',
      facts: { sent: attempt.sent, timeout: 'headers', milliseconds: attempt.headersTimeout },
    },
  )

const bodyTimeoutError: ErrorFactory = (attempt, error) =>
  new TimeoutError(
    `${serverOf(attempt)} sent nothing for ${formatLimit(attempt.bodyTimeout)} in the middle of its answer.`,
    {
      ...details(attempt, error),
      hint: 'Allow more time with `http.bodyTimeout`.',
      facts: { sent: attempt.sent, timeout: 'body', milliseconds: attempt.bodyTimeout },
    },
  )

const headersTooLarge: ErrorFactory = (attempt, error) =>
  new ProtocolError(`${serverOf(attempt)} answered with headers beyond the limit of 32 MiB.`, {
    ...details(attempt, error),
    hint: 'Ask for the text/plain rendering (`mediaType: text/plain`), which carries data in the body.',
  })

const wrongLength: ErrorFactory = (attempt, error) =>
  new ProtocolError(`The answer of ${serverOf(attempt)} is not as long as its Content-Length says.`, {
    ...transient(attempt, error),
    hint: 'Try again; the server or a proxy in between truncated or changed the answer.',
  })

const closedByClient: ErrorFactory = (attempt, error) =>
  new CancelledError('The connection was closed by the program.', details(attempt, error))

const notSendable: ErrorFactory = (attempt, error) =>
  new UsageError(
    `The request cannot be sent: ${plainText(messageOf(error))}.`,
    details({ ...attempt, sent: 'no' }, error),
  )

const factories: Readonly<Record<string, ErrorFactory>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EAI_NODATA: unknownHost,
  EAI_NONAME: unknownHost,
  EAI_FAIL: unknownHost,
  ECONNREFUSED: connectionRefused,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETDOWN: unreachable,
  EADDRNOTAVAIL: unreachable,
  ECONNRESET: connectionClosed,
  ECONNABORTED: connectionClosed,
  EPIPE: connectionClosed,
  UND_ERR_SOCKET: connectionClosed,
  ETIMEDOUT: connectTimeoutError,
  UND_ERR_CONNECT_TIMEOUT: connectTimeoutError,
  UND_ERR_HEADERS_TIMEOUT: headersTimeoutError,
  UND_ERR_BODY_TIMEOUT: bodyTimeoutError,
  UND_ERR_HEADERS_OVERFLOW: headersTooLarge,
  HPE_HEADER_OVERFLOW: headersTooLarge,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: wrongLength,
  UND_ERR_DESTROYED: closedByClient,
  UND_ERR_CLOSED: closedByClient,
  UND_ERR_INVALID_ARG: notSendable,
  UND_ERR_NOT_SUPPORTED: notSendable,
}

/** The error for a response that is not HTTP. The first bytes show whether it is TLS. */
function notHttp(attempt: RequestCircumstances, error: unknown): OcciError {
  const data = (error as { data?: unknown }).data
  const first = typeof data === 'string' ? data : ''
  if (first.startsWith('\x15\x03') && attempt.url.startsWith('http:')) {
    return new ProtocolError(`${serverOf(attempt)} speaks TLS, not plain HTTP.`, {
      ...details(attempt, error),
      hint: `Write https:// instead of http:// for ${serverOf(attempt)}.`,
    })
  }
  const reason = plainText(messageOf(error)).replace(
    /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/,
    '$1',
  )
  return new ProtocolError(`The answer of ${serverOf(attempt)} is not valid HTTP: ${reason}.`, {
    ...details(attempt, error),
    hint:
      attempt.server === 'endpoint'
        ? 'Check that the endpoint is an OCCI service and not another kind of server; `http.trace` shows more.'
        : `Check the address of the ${attempt.server}; \`http.trace\` shows more.`,
  })
}

function details(attempt: RequestCircumstances, error: unknown): ErrorDetails {
  return {
    cause: causeOf(error),
    http: { method: attempt.method, url: redactUrl(attempt.url) },
    facts: { sent: attempt.sent },
  }
}

/**
 * Like `details`, for a failure that a retry may overcome, unlike an unknown host name or an untrusted certificate.
 */
function transient(attempt: RequestCircumstances, error: unknown): ErrorDetails {
  return { ...details(attempt, error), facts: { sent: attempt.sent, transient: true } }
}

/**
 * A copy with name, code and message only, because errors of undici and TLS contain raw bytes of the response and
 * whole certificates.
 */
function causeOf(error: unknown): Error | undefined {
  if (error === undefined) return undefined
  const cause = new Error(plainText(messageOf(error)))
  const code = codeOf(error)
  return Object.assign(cause, { name: nameOf(error) }, code === '' ? {} : { code })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error'
}

function hostOf(attempt: RequestCircumstances): string {
  return new URL(attempt.proxy ?? attempt.url).hostname
}

/** The host that a connection is made to: the proxy, if there is one. */
function peerOf(attempt: RequestCircumstances): string {
  return attempt.proxy === undefined ? new URL(attempt.url).host : `The proxy ${new URL(attempt.proxy).host}`
}

function serverOf(attempt: RequestCircumstances): string {
  return attempt.proxy === undefined
    ? new URL(attempt.url).host
    : `${new URL(attempt.url).host} (by proxy ${new URL(attempt.proxy).host})`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
