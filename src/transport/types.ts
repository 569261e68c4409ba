/** HTTP as the rest of the library uses it, independent of OCCI. */
import type { HeaderPair } from '../basics/http.js'

/** A request to be sent by a Transport. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH'
  /** Absolute http: or https: URL. */
  readonly url: string
  /** Sent in this order, repeated names as separate lines. Values may contain any Unicode characters, sent as UTF-8. */
  readonly headers: readonly HeaderPair[]
  readonly body?: string | Uint8Array | undefined
  /** Cancels the request when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /**
   * Whether withRetries may repeat the request when it is unknown whether an earlier attempt was carried out. Default:
   * true for GET, HEAD, OPTIONS, PUT and DELETE. Set it to false for a PUT that creates an entity, because the provider
   * may ignore the id and create another one.
   */
  readonly repeatable?: boolean | undefined
  /** What the hints of errors call the server, such as `identity service`. Default `endpoint`. */
  readonly server?: string | undefined
}

/** A response with its whole body. */
export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** The pairs in the order and case in which they arrived. Values that are not valid UTF-8 are decoded as Latin-1. */
  readonly headers: readonly HeaderPair[]
  /** The text, decompressed and decoded with the charset of the Content-Type (UTF-8 by default). */
  readonly body: string
  /** URL of the response, after redirects within the origin. */
  readonly url: string
  /** Deviations from HTTP that were tolerated, e.g. `duplicate-content-length`. */
  readonly tolerated: readonly string[]
  /**
   * Number of attempts if there was more than one; set by withRetries. After several attempts, a 404 to a DELETE may
   * mean that an earlier attempt deleted the entity.
   */
  readonly attempts?: number
}

/** A response whose body is read in chunks. */
export interface StreamedResponse extends Omit<HttpResponse, 'body'> {
  /** The text of the body, decompressed and decoded. */
  readonly chunks: AsyncIterable<string>
}

/**
 * Sends HTTP requests. `createTransport` returns the transport of this library. A program may implement its own, for
 * example with fetch or in memory, and test it with `transportCases` of `occi-cli/testing`.
 *
 * The client relies on these rules:
 *
 * - Any HTTP status is a response, not an error.
 * - A request is sent once. A transport that repeats it (after a broken connection, or for a redirect of a write)
 *   may create a resource twice.
 * - If no complete response arrives, the transport rejects with any value. A stream may also reject while its chunks
 *   are read. Unless the value is an error of this library with `facts.sent` set to `no`, the client assumes that a
 *   write may have been carried out: it does not repeat the write, but checks the provider's state.
 * - The request ends when its signal is aborted. Nothing is sent if the signal is already aborted.
 *
 * The transport of `createTransport` rejects with NetworkError (name resolution, connection, TLS), TimeoutError,
 * CancelledError, ProtocolError (the response is not HTTP or exceeds a limit), UsageError (an invalid URL or header, or
 * a closed transport) and ConfigError (an unusable certificate or proxy setting). `facts.sent` tells whether the
 * request was sent.
 */
export interface Transport {
  /** Resolves with the whole response. */
  send(request: HttpRequest): Promise<HttpResponse>
  /**
   * Resolves when the head of the response has arrived. The caller reads `chunks` to the end, or closes their iterator
   * with `return()`.
   */
  stream(request: HttpRequest): Promise<StreamedResponse>
  /** Closes all connections. May be called twice. */
  close(): Promise<void>
}

/** The library's source of time. Tests pass one of their own to avoid waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after this number of milliseconds. Rejects if the signal is aborted earlier. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The trusted authorities and the client certificate, as text or bytes rather than paths. */
export interface TlsMaterial {
  /** Certificates of authorities, as PEM. They replace Node's root certificates unless `systemCa` is true. */
  readonly ca?: readonly string[] | undefined
  /** Whether Node's root certificates are trusted in addition to `ca`. */
  readonly systemCa?: boolean | undefined
  /** The client certificate, as PEM. */
  readonly cert?: string | Uint8Array | undefined
  /** The private key of the client certificate, as PEM. */
  readonly key?: string | Uint8Array | undefined
  /** The client certificate and its private key, as PKCS#12. */
  readonly pfx?: Uint8Array | undefined
  /** Decrypts `key` or `pfx`. */
  readonly passphrase?: string | undefined
  /** Whether servers are trusted without a check of their certificates. */
  readonly insecure?: boolean | undefined
  /**
   * Checks the certificate chain of a server further, once a trusted authority is known to have signed it. The chain is
   * in DER and begins with the server's own certificate. Rejects with DistrustError. Not called if `insecure` is set.
   */
  readonly checkServer?: ((chain: readonly Uint8Array[]) => Promise<void>) | undefined
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** Settings of `createTransport`. All timeouts are in milliseconds; 0 disables one. */
export interface TransportSettings {
  /**
   * The User-Agent header. Default `occi-cli OCCI/1.1`: servers answer 501 to a version above their own (GFD.223 §4.3).
   */
  readonly userAgent?: string | undefined
  /** Limit for opening a connection. Default 10,000. */
  readonly connectTimeout?: number | undefined
  /** Limit for the wait for the head of a response. Default 60,000. */
  readonly headersTimeout?: number | undefined
  /** Limit for the wait between two parts of a body. Default 60,000. */
  readonly bodyTimeout?: number | undefined
  /**
   * Limit for one send() with its redirects, or one stream() to its end, without the time in which the caller does not
   * wait for a chunk. Default none. Retries have a separate deadline.
   */
  readonly totalTimeout?: number | undefined
  readonly tls?: TlsMaterial | undefined
  /**
   * Loads further TLS material before the first TLS connection. Members of `tls` take precedence. send() rejects with
   * the errors of this function.
   */
  readonly trust?: (() => Promise<TlsMaterial>) | undefined
  /**
   * The values of the variables http_proxy, https_proxy and no_proxy. A proxy URL has the scheme `http:`, `https:`,
   * `socks5:` (this computer resolves host names) or `socks5h:` (the proxy resolves them). Default: no proxy.
   */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string } | undefined
  /** The largest decompressed body in bytes. Default 256 MiB. */
  readonly maxResponse?: number | undefined
  /** The largest number of connections per origin. Default 10. */
  readonly connections?: number | undefined
  /** Called with each request, response and error. Secrets in them are masked. */
  readonly trace?: ((event: TraceEvent) => void) | undefined
  /** Names of further headers whose values are masked in the trace. */
  readonly secretHeaders?: readonly string[] | undefined
  /** Returns the time for the trace, in milliseconds. Default Date.now. */
  readonly now?: (() => number) | undefined
}

/**
 * A request, response or error, with secrets masked. `at` is its time in milliseconds. Events of the same exchange have
 * the same `id`.
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
      /** The number of bytes at the end of the body that are not shown because it is too long for a trace. */
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
      /** The number of bytes at the end of the body that are not shown because it is too long for a trace. */
      readonly omitted?: number
      /** Whether only a part of the body was read, because the reader stopped or reading failed. */
      readonly unread?: true
      readonly tolerated: readonly string[]
    }
  | { readonly type: 'error'; readonly id: number; readonly at: number; readonly message: string }
