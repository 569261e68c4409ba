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
export function failure(error: unknown, at: RequestCircumstances): OcciError {
  if (error instanceof OcciError) return error
  if (error instanceof Aborted) {
    const { http, facts } = details(at, undefined)
    return interrupted(error.reason, 'The request', { ...omitUndefined({ http, facts }) })
  }
  const code = codeOf(error)
  const make = byCode[code]
  if (make !== undefined) return make(at, error)
  const tls = tlsFailure(error, code, { place: serverOf(at), server: at.server }, details(at, error))
  if (tls !== undefined) return tls
  // undici 7.30.2 leaves the code of most parser errors undefined.
  if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError') return notHttp(at, error)
  return new NetworkError(
    `The request to ${serverOf(at)} failed: ${plainText(messageOf(error))}`,
    details(at, error),
  )
}

/** The error for a request that took longer than `total` milliseconds. */
export function tooSlow(total: number, at: RequestCircumstances): TimeoutError {
  const withinOtherLimits = !at.answered && total >= at.headersTimeout && at.headersTimeout > 0
  if (withinOtherLimits && at.sent === 'no' && total >= at.connectTimeout && at.connectTimeout > 0) {
    return slowConnect(at, undefined)
  }
  if (withinOtherLimits) return slowHeaders(at, undefined)
  return new TimeoutError(`The request to ${serverOf(at)} took longer than ${formatLimit(total)} in all.`, {
    http: { method: at.method, url: redactUrl(at.url) },
    hint: 'Allow more time with `http.headersTimeout`.',
    facts: { sent: at.sent, timeout: 'total', milliseconds: total },
  })
}

/** The code of an error, or of the first error in an aggregate (Node tries IPv4 and IPv6). */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return ''
}

type Maker = (at: RequestCircumstances, error: unknown) => OcciError

const unknownHost: Maker = (at, error) =>
  new NetworkError(
    `The ${at.proxy ? 'proxy' : 'host'} ${hostOf(at)} is not known: its name cannot be resolved.`,
    {
      ...details(at, error),
      hint: at.proxy
        ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
        : `Check the spelling of the ${at.server}, and that DNS or the VPN works.`,
    },
  )

const connectionRefused: Maker = (at, error) =>
  new NetworkError(`${peerOf(at)} refuses the connection: nothing listens there.`, {
    ...transient(at, error),
    hint: at.proxy
      ? 'Check the proxy settings (http_proxy, https_proxy, no_proxy).'
      : `Check the port of the ${at.server}, and that the service runs.`,
  })

const unreachable: Maker = (at, error) =>
  new NetworkError(`${peerOf(at)} cannot be reached: there is no route to it.`, {
    ...transient(at, error),
    hint: 'Check the network connection, VPN and firewall.',
  })

const connectionClosed: Maker = (at, error) => {
  const when = at.answered
    ? 'in the middle of its answer'
    : at.sent === 'no'
      ? 'at once'
      : 'before it answered'
  return new NetworkError(`${serverOf(at)} closed the connection ${when}.`, {
    ...transient(at, error),
    hint:
      at.sent === 'no'
        ? at.server === 'endpoint'
          ? 'Check that the endpoint has the right scheme (http or https) and port.'
          : `Check the address of the ${at.server}.`
        : 'Try again; if it happens each time, look at the log of the server or of a proxy in between.',
  })
}

const slowConnect = (at: RequestCircumstances, error: unknown) =>
  // Through a tunnel, the proxy may have been slow, or the server behind it.
  new TimeoutError(
    at.proxy !== undefined && (at.url.startsWith('https:') || at.proxy.startsWith('socks'))
      ? `${peerOf(at)} gave no connection to ${new URL(at.url).host} within ${formatLimit(at.connectTimeout)}.`
      : `${peerOf(at)} did not accept a connection within ${formatLimit(at.connectTimeout)}.`,
    {
      ...details({ ...at, sent: 'no' }, error),
      hint: `Check the ${at.proxy === undefined ? at.server : 'proxy settings (http_proxy, https_proxy, no_proxy)'}, firewall and VPN, or allow more time with \`http.connectTimeout\`.`,
      facts: { sent: 'no', transient: true, timeout: 'connect', milliseconds: at.connectTimeout },
    },
  )

const slowHeaders = (at: RequestCircumstances, error: unknown) =>
  new TimeoutError(`${serverOf(at)} did not begin to answer within ${formatLimit(at.headersTimeout)}.`, {
    ...details(at, error),
    hint: 'Allow more time with `http.headersTimeout`.',
    facts: { sent: at.sent, timeout: 'headers', milliseconds: at.headersTimeout },
  })

const slowBody: Maker = (at, error) =>
  new TimeoutError(
    `${serverOf(at)} fell silent for ${formatLimit(at.bodyTimeout)} in the middle of its answer.`,
    {
      ...details(at, error),
      hint: 'Allow more time with `http.bodyTimeout`.',
      facts: { sent: at.sent, timeout: 'body', milliseconds: at.bodyTimeout },
    },
  )

const headersTooLarge: Maker = (at, error) =>
  new ProtocolError(`${serverOf(at)} answered with headers beyond the limit of 32 MiB.`, {
    ...details(at, error),
    hint: 'Ask for the text/plain rendering (`mediaType: text/plain`), which carries data in the body.',
  })

const wrongLength: Maker = (at, error) =>
  new ProtocolError(`The answer of ${serverOf(at)} is not as long as its Content-Length says.`, {
    ...transient(at, error),
    hint: 'Try again; the server or a proxy in between cut or mangled the answer.',
  })

const closedByClient: Maker = (at, error) =>
  new CancelledError('The connection was closed by the program.', details(at, error))

const notSendable: Maker = (at, error) =>
  new UsageError(
    `The request cannot be sent: ${plainText(messageOf(error))}.`,
    details({ ...at, sent: 'no' }, error),
  )

const byCode: Readonly<Record<string, Maker>> = {
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
  ETIMEDOUT: slowConnect,
  UND_ERR_CONNECT_TIMEOUT: slowConnect,
  UND_ERR_HEADERS_TIMEOUT: slowHeaders,
  UND_ERR_BODY_TIMEOUT: slowBody,
  UND_ERR_HEADERS_OVERFLOW: headersTooLarge,
  HPE_HEADER_OVERFLOW: headersTooLarge,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: wrongLength,
  UND_ERR_DESTROYED: closedByClient,
  UND_ERR_CLOSED: closedByClient,
  UND_ERR_INVALID_ARG: notSendable,
  UND_ERR_NOT_SUPPORTED: notSendable,
}

/** The error for a response that is not HTTP. The first bytes show whether it is TLS. */
function notHttp(at: RequestCircumstances, error: unknown): OcciError {
  const data = (error as { data?: unknown }).data
  const first = typeof data === 'string' ? data : ''
  if (first.startsWith('\x15\x03') && at.url.startsWith('http:')) {
    return new ProtocolError(`${serverOf(at)} speaks TLS, not plain HTTP.`, {
      ...details(at, error),
      hint: `Write https:// instead of http:// for ${serverOf(at)}.`,
    })
  }
  const why = plainText(messageOf(error)).replace(
    /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/,
    '$1',
  )
  return new ProtocolError(`The answer of ${serverOf(at)} is not valid HTTP: ${why}.`, {
    ...details(at, error),
    hint:
      at.server === 'endpoint'
        ? 'Check that the endpoint is an OCCI service and not another kind of server; `http.trace` shows more.'
        : `Check the address of the ${at.server}; \`http.trace\` shows more.`,
  })
}

function details(at: RequestCircumstances, error: unknown): ErrorDetails {
  return {
    cause: causeOf(error),
    http: { method: at.method, url: redactUrl(at.url) },
    facts: { sent: at.sent },
  }
}

/**
 * Like `details`, for a failure that a retry may overcome, unlike an unknown host name or an untrusted certificate.
 */
function transient(at: RequestCircumstances, error: unknown): ErrorDetails {
  return { ...details(at, error), facts: { sent: at.sent, transient: true } }
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

function hostOf(at: RequestCircumstances): string {
  return new URL(at.proxy ?? at.url).hostname
}

/** The host that a connection is made to: the proxy, if there is one. */
function peerOf(at: RequestCircumstances): string {
  return at.proxy === undefined ? new URL(at.url).host : `The proxy ${new URL(at.proxy).host}`
}

function serverOf(at: RequestCircumstances): string {
  return at.proxy === undefined
    ? new URL(at.url).host
    : `${new URL(at.url).host} (by proxy ${new URL(at.proxy).host})`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
