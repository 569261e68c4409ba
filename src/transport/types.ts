/** HTTP as the rest of the library uses it, independent of OCCI. */
import type { HeaderPair } from '../basics/http.js'

/** A request to be sent by a Transport. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH'
  /** Absolute http: or https: URL. */
  readonly url: string
  /**
   * Sent in order; repeated names are sent as separate lines. Values may contain any Unicode, sent as UTF-8.
   */
  readonly headers: readonly HeaderPair[]
  readonly body?: string | Uint8Array | undefined
  /** Aborts the request; see Transport for the errors. */
  readonly signal?: AbortSignal | undefined
  /**
   * Whether withRetries may repeat the request if it is unknown whether it was carried out. Default: true for GET,
   * HEAD, OPTIONS, PUT and DELETE. Set it to false for a PUT that creates an entity, because the provider may ignore
   * the id.
   */
  readonly repeatable?: boolean | undefined
  /** The word for the server in hints of errors, such as `identity service`. Default `endpoint`. */
  readonly server?: string | undefined
}

/** A response with its whole body. */
export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Raw pairs in order and in their case. Values are decoded as UTF-8, or as Latin-1 if they are not valid UTF-8. */
  readonly headers: readonly HeaderPair[]
  /** Decompressed and decoded by the charset of the Content-Type, UTF-8 by default. */
  readonly body: string
  /** URL of the response, after redirects within the origin. */
  readonly url: string
  /** Deviations in HTTP that were tolerated, e.g. `duplicate-content-length`. */
  readonly tolerated: readonly string[]
  /**
   * Number of attempts; set by withRetries. After several attempts, a 404 to DELETE may mean that an earlier
   * attempt deleted the entity.
   */
  readonly attempts?: number
}

/** A response whose body is read in chunks. */
export interface StreamedResponse extends Omit<HttpResponse, 'body'> {
  /** Decoded text in chunks. */
  readonly chunks: AsyncIterable<string>
}

/**
 * Sends requests. `createTransport` creates one. A program may implement its own, with fetch or in memory, and test
 * it with `transportCases` of `occi-cli/testing`.
 *
 * The client relies on these rules:
 *
 * - Any HTTP status is a response, not an error.
 * - A request is sent once. A transport that repeats it (after a broken connection, or for a redirect of a write)
 *   turns one create into two machines.
 * - If no complete response arrives, the transport rejects; for a stream also while its chunks are read. It may
 *   reject with any value. Unless that is an error of this library with `facts.sent` set to `no`, a write may have
 *   been carried out: the client does not repeat it, but checks the provider's state.
 * - The request ends when its signal is aborted. Nothing is sent if the signal is already aborted.
 *
 * The transport of `createTransport` throws NetworkError (name, connection, TLS), TimeoutError, CancelledError,
 * ProtocolError (not HTTP, over a limit), UsageError (a header value with CR, LF or NUL, or a closed transport) and ConfigError
 * (an unusable certificate), with `facts.sent` if a request was begun.
 */
export interface Transport {
  /** Resolves with the whole response. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Resolves with the head of the response. Its chunks must be read to the end, or their iterator closed with `return()`. */
  stream(request: HttpRequest): Promise<StreamedResponse>
  /** Closes all connections. May be called twice. */
  close(): Promise<void>
}

/** The library's source of time. Pass your own to test without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after this number of milliseconds; rejects if the signal is aborted before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The trusted authorities and the client certificate, as text or bytes rather than paths. */
export interface TlsMaterial {
  /** PEM texts. They replace the system's root certificates unless `systemCa` is true. */
  readonly ca?: readonly string[] | undefined
  readonly systemCa?: boolean | undefined
  readonly cert?: string | Uint8Array | undefined
  readonly key?: string | Uint8Array | undefined
  readonly pfx?: Uint8Array | undefined
  readonly passphrase?: string | undefined
  readonly insecure?: boolean | undefined
  /**
   * Makes further checks on the certificate chain of a server that a trusted authority signed: in DER, the server's
   * own certificate first. Rejects with DistrustError. Not called if `insecure` is set.
   */
  readonly checkServer?: ((chain: readonly Uint8Array[]) => Promise<void>) | undefined
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** Settings of `createTransport`. */
export interface TransportSettings {
  /** Default `occi-cli OCCI/1.1`: servers answer 501 to a version above their own (GFD.223 §4.3). */
  readonly userAgent?: string | undefined
  /**
   * In milliseconds. The defaults are 10 s, 60 s and 60 s, and none for `totalTimeout`. 0 disables a timeout.
   */
  readonly connectTimeout?: number | undefined
  readonly headersTimeout?: number | undefined
  readonly bodyTimeout?: number | undefined
  /**
   * Limit for one send() with its redirects, or one stream() to its end, not counting the time in which
   * the reader asks for no chunk. Retries have a separate deadline.
   */
  readonly totalTimeout?: number | undefined
  readonly tls?: TlsMaterial | undefined
  /** Further material, loaded before the first TLS connection; `tls` takes precedence. send() rejects with its errors. */
  readonly trust?: (() => Promise<TlsMaterial>) | undefined
  /**
   * Proxy settings in the form of the environment variables: URLs of `http:`, `https:`, `socks5:` (names are resolved
   * here) or `socks5h:` (by the proxy); absent means no proxy.
   */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string } | undefined
  /** Limit of a decompressed body in bytes. Default 256 MiB. */
  readonly maxResponse?: number | undefined
  /** Limit of connections per origin. Default 10. */
  readonly connections?: number | undefined
  /** Called with each request and response, in which secrets are masked. */
  readonly trace?: ((event: TraceEvent) => void) | undefined
  /** Names of further headers whose values must never be traced. */
  readonly secretHeaders?: readonly string[] | undefined
  /** Clock of the trace, in milliseconds. Default Date.now. */
  readonly now?: (() => number) | undefined
}

/**
 * A request, response or error, with secrets masked. `at` is in milliseconds; events of the same exchange have the
 * same `id`.
 */
export type TraceEvent =
  | {
      readonly type: 'request'
      readonly id: number
      readonly at: number
      readonly method: string
      readonly url: string
      /** Host and port of the proxy that the request goes through. */
      readonly proxy?: string
      readonly headers: readonly HeaderPair[]
      readonly body?: string
      /** Bytes of the body that are not shown, because it is longer than a trace shows. */
      readonly omitted?: number
    }
  | {
      readonly type: 'response'
      readonly id: number
      readonly at: number
      readonly status: number
      readonly reason: string
      readonly headers: readonly HeaderPair[]
      readonly body?: string
      /** Bytes of the body that are not shown, because it is longer than a trace shows. */
      readonly omitted?: number
      /** Whether the body was not read to its end, because the reader stopped or reading failed. */
      readonly unread?: true
      readonly tolerated: readonly string[]
    }
  | { readonly type: 'error'; readonly id: number; readonly at: number; readonly message: string }
