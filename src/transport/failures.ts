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
import { interruptionError } from '../errors/interruption.js'
import { redactUrl } from './redact.js'
import { tlsFailure } from './tls-failures.js'

/**
 * Whether a failed request was sent. `no`: no byte can have reached the server. `maybe`: it may have been carried out.
 */
export type Sent = 'no' | 'maybe'

/** A request, the state in which it failed, and its limits. */
export interface RequestAttempt {
  readonly method: string
  readonly url: string
  /** What hints call the server: `endpoint`, `Keystone`. */
  readonly server: string
  readonly sent: Sent
  /** Whether the head of the response had arrived. */
  readonly headReceived: boolean
  /** Timeouts in milliseconds; 0 means none. */
  readonly connectTimeout: number
  readonly headersTimeout: number
  readonly bodyTimeout: number
  /** The URL of the proxy that the request went through, without credentials. */
  readonly proxy?: string | undefined
}

/** Says that the caller's signal was aborted with this reason. */
export class Aborted extends Error {
  constructor(readonly reason: unknown) {
    super('aborted')
  }
}

/**
 * Loads a module on demand. Throws ConfigError if it is missing, since the error of Node would look like one of the
 * network.
 */
export async function loadModule<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load()
  } catch (error) {
    throw loadError(error)
  }
}

function loadError(error: unknown): ConfigError {
  return new ConfigError(`The HTTP client cannot be loaded: ${plainText(messageOf(error))}.`, {
    cause: error,
    hint: 'Install the package again, with its dependencies. If you bundle it as ES modules, mark undici as external.',
    facts: { sent: 'no' },
  })
}

/** Converts an error of undici, node:net, node:tls or a signal to an error of this library. */
export function failure(error: unknown, attempt: RequestAttempt): OcciError {
  if (error instanceof OcciError) return error
  if (error instanceof Aborted) {
    const { http, facts } = errorDetails(attempt, undefined)
    return interruptionError(error.reason, 'The request', { ...omitUndefined({ http, facts }) })
  }
  const code = codeOf(error)
  const createError = errorFactories[code]
  if (createError !== undefined) return createError(attempt, error)
  const tls = tlsFailure(
    error,
    code,
    { host: serverName(attempt), server: attempt.server },
    errorDetails(attempt, error),
  )
  if (tls !== undefined) return tls
  // Most parser errors of undici 7.30.2 have no code.
  if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError') return notHttp(attempt, error)
  return new NetworkError(
    `The request to ${serverName(attempt)} failed: ${plainText(messageOf(error))}`,
    errorDetails(attempt, error),
  )
}

/**
 * Returns the error for a request that took longer than `totalTimeout` milliseconds. If the connect timeout or the
 * headers timeout has passed as well, the error reports that one, which says more.
 */
export function totalTimeoutError(totalTimeout: number, attempt: RequestAttempt): TimeoutError {
  const hasPassed = (timeout: number) => timeout > 0 && totalTimeout >= timeout
  if (!attempt.headReceived && hasPassed(attempt.headersTimeout)) {
    return attempt.sent === 'no' && hasPassed(attempt.connectTimeout)
      ? connectTimeoutError(attempt, undefined)
      : headersTimeoutError(attempt, undefined)
  }
  return new TimeoutError(
    `The request to ${serverName(attempt)} took longer than ${formatLimit(totalTimeout)} in all.`,
    {
      http: { method: attempt.method, url: redactUrl(attempt.url) },
      hint: 'Allow more time with `http.totalTimeout`.',
      facts: { sent: attempt.sent, timeout: 'total', milliseconds: totalTimeout },
    },
  )
}

/** Returns the code of an error, or of the first one in an AggregateError (Node tries IPv4 and IPv6). */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return ''
}

type ErrorFactory = (attempt: RequestAttempt, error: unknown) => OcciError

const unknownHost: ErrorFactory = (attempt, error) =>
  new NetworkError(
    `The ${attempt.proxy ? 'proxy' : 'host'} ${peerHostname(attempt)} is not known: its name cannot be resolved.`,
    {
      ...errorDetails(attempt, error),
      hint: attempt.proxy
        ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
        : `Check the spelling of the ${attempt.server}, and that DNS or the VPN works.`,
    },
  )

const connectionRefused: ErrorFactory = (attempt, error) =>
  new NetworkError(`${peerName(attempt)} refuses the connection: nothing listens there.`, {
    ...transientDetails(attempt, error),
    hint: attempt.proxy
      ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
      : `Check the port of the ${attempt.server}, and that the service runs.`,
  })

const unreachable: ErrorFactory = (attempt, error) =>
  new NetworkError(`${peerName(attempt)} cannot be reached: there is no route to it.`, {
    ...transientDetails(attempt, error),
    hint: 'Check the network connection, VPN and firewall.',
  })

const connectionClosed: ErrorFactory = (attempt, error) => {
  const when = attempt.headReceived
    ? 'in the middle of its response'
    : attempt.sent === 'no'
      ? 'at once'
      : 'before it answered'
  return new NetworkError(`${serverName(attempt)} closed the connection ${when}.`, {
    ...transientDetails(attempt, error),
    hint:
      attempt.sent === 'no'
        ? attempt.server === 'endpoint'
          ? 'Check that the endpoint has the right scheme (http or https) and port.'
          : `Check the address of the ${attempt.server}.`
        : 'Try again; if it happens each time, look at the log of the server or of a proxy in between.',
  })
}

const connectTimeoutError = (attempt: RequestAttempt, error: unknown) => {
  // Without a limit of this client, that of the operating system applies.
  const limit = attempt.connectTimeout > 0 ? `within ${formatLimit(attempt.connectTimeout)}` : 'in time'
  // Through a tunnel, the proxy may have been slow, or the server behind it.
  return new TimeoutError(
    attempt.proxy !== undefined && (attempt.url.startsWith('https:') || attempt.proxy.startsWith('socks'))
      ? `${peerName(attempt)} gave no connection to ${new URL(attempt.url).host} ${limit}.`
      : `${peerName(attempt)} did not accept a connection ${limit}.`,
    {
      ...errorDetails({ ...attempt, sent: 'no' }, error),
      hint: `Check the ${attempt.proxy === undefined ? attempt.server : 'proxy settings (http_proxy, https_proxy, no_proxy)'}, firewall and VPN, or allow more time with \`http.connectTimeout\`.`,
      facts: { sent: 'no', transient: true, timeout: 'connect', milliseconds: attempt.connectTimeout },
    },
  )
}

/**
 * The operating system reports ETIMEDOUT for a connection that is not accepted, and for one that breaks silently later.
 */
const timedOutBySystem: ErrorFactory = (attempt, error) =>
  attempt.sent === 'no'
    ? connectTimeoutError(attempt, error)
    : new NetworkError(`The connection to ${serverName(attempt)} broke: it no longer answers.`, {
        ...transientDetails(attempt, error),
        hint: 'Check the network connection, VPN and firewall.',
      })

const headersTimeoutError = (attempt: RequestAttempt, error: unknown) =>
  new TimeoutError(
    `${serverName(attempt)} did not begin to answer within ${formatLimit(attempt.headersTimeout)}.`,
    {
      ...errorDetails(attempt, error),
      hint: 'Allow more time with `http.headersTimeout`.',
      facts: { sent: attempt.sent, timeout: 'headers', milliseconds: attempt.headersTimeout },
    },
  )

const bodyTimeoutError: ErrorFactory = (attempt, error) =>
  new TimeoutError(
    `${serverName(attempt)} sent nothing for ${formatLimit(attempt.bodyTimeout)} in the middle of its response.`,
    {
      ...errorDetails(attempt, error),
      hint: 'Allow more time with `http.bodyTimeout`.',
      facts: { sent: attempt.sent, timeout: 'body', milliseconds: attempt.bodyTimeout },
    },
  )

const headersTooLarge: ErrorFactory = (attempt, error) =>
  new ProtocolError(`${serverName(attempt)} answered with headers beyond the limit of 32 MiB.`, {
    ...errorDetails(attempt, error),
    hint: 'Request the text/plain rendering (`mediaType: text/plain`), which has the data in the body.',
  })

const wrongLength: ErrorFactory = (attempt, error) =>
  new ProtocolError(
    `The response of ${serverName(attempt)} does not have the length in its Content-Length.`,
    {
      ...transientDetails(attempt, error),
      hint: 'Try again; the server or a proxy in between truncated or changed the response.',
    },
  )

const closedByClient: ErrorFactory = (attempt, error) =>
  new CancelledError('The connection was closed by the program.', errorDetails(attempt, error))

const notSendable: ErrorFactory = (attempt, error) =>
  new UsageError(
    `The request cannot be sent: ${plainText(messageOf(error))}.`,
    errorDetails({ ...attempt, sent: 'no' }, error),
  )

const errorFactories: Readonly<Record<string, ErrorFactory>> = {
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
  ETIMEDOUT: timedOutBySystem,
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

/** Returns the error for a response that is not HTTP. Its first bytes show whether it is TLS. */
function notHttp(attempt: RequestAttempt, error: unknown): OcciError {
  const data = (error as { data?: unknown }).data
  const beginning = typeof data === 'string' ? data : ''
  if (beginning.startsWith('\x15\x03') && attempt.url.startsWith('http:')) {
    return new ProtocolError(`${serverName(attempt)} speaks TLS, not plain HTTP.`, {
      ...errorDetails(attempt, error),
      hint: `Write https:// instead of http:// for ${serverName(attempt)}.`,
    })
  }
  const reason = plainText(messageOf(error)).replace(
    /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/,
    '$1',
  )
  return new ProtocolError(`The response of ${serverName(attempt)} is not valid HTTP: ${reason}.`, {
    ...errorDetails(attempt, error),
    hint:
      attempt.server === 'endpoint'
        ? 'Check that the endpoint is an OCCI service and not another kind of server; `http.trace` shows more.'
        : `Check the address of the ${attempt.server}; \`http.trace\` shows more.`,
  })
}

function errorDetails(attempt: RequestAttempt, error: unknown): ErrorDetails {
  return {
    cause: causeOf(error),
    http: { method: attempt.method, url: redactUrl(attempt.url) },
    facts: { sent: attempt.sent },
  }
}

/** Like errorDetails, for a failure after which a retry may succeed (unlike an unknown host, for example). */
function transientDetails(attempt: RequestAttempt, error: unknown): ErrorDetails {
  return { ...errorDetails(attempt, error), facts: { sent: attempt.sent, transient: true } }
}

/**
 * Returns a copy of an error with name, code and message only, because errors of undici and TLS contain raw bytes of
 * the response and whole certificates.
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

function peerHostname(attempt: RequestAttempt): string {
  return new URL(attempt.proxy ?? attempt.url).hostname
}

/** Describes the other end of the connection: the proxy, or the server if there is none. */
function peerName(attempt: RequestAttempt): string {
  return attempt.proxy === undefined ? new URL(attempt.url).host : `The proxy ${new URL(attempt.proxy).host}`
}

function serverName(attempt: RequestAttempt): string {
  return attempt.proxy === undefined
    ? new URL(attempt.url).host
    : `${new URL(attempt.url).host} (via proxy ${new URL(attempt.proxy).host})`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
