/** HTTP as the rest of the library uses it, independent of OCCI. */
import type { HeaderPair } from '../basics/http.js'

/** A request, as Transport sends it. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH'
  /** Absolute http: or https: URL. */
  readonly url: string
  /**
   * Sent in order; repeated names are sent as separate lines. Values may contain any Unicode, sent as UTF-8.
   */
  readonly headers: readonly HeaderPair[]
  readonly body?: string | Uint8Array | undefined
  /** Ends the request; see Transport for what it throws then. */
  readonly signal?: AbortSignal | undefined
  /**
   * Whether withRetries may repeat it when it is unknown whether it was carried out. Default: true for GET,
   * HEAD, OPTIONS, PUT and DELETE. Set it to false for a PUT that creates, where the provider may ignore the
   * id.
   */
  readonly repeatable?: boolean | undefined
  /** What hints call the server that is asked. Default `endpoint`. */
  readonly server?: string | undefined
}

/** An answer with its whole body. */
export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Raw pairs in order, case kept, values decoded as UTF-8 (Latin-1 where that is not valid UTF-8). */
  readonly headers: readonly HeaderPair[]
  /** Decompressed, decoded by the charset of Content-Type, UTF-8 by default. */
  readonly body: string
  /** URL of the response, after redirects within the origin. */
  readonly url: string
  /** Deviations in HTTP that were tolerated, e.g. `duplicate-content-length`. */
  readonly tolerated: readonly string[]
  /**
   * Number of attempts; set by withRetries. After several attempts, a 404 to DELETE may result from the first
   * one.
   */
  readonly attempts?: number
}

/** An answer whose body arrives in pieces. */
export interface StreamedResponse extends Omit<HttpResponse, 'body'> {
  /** Decoded text in chunks. */
  readonly chunks: AsyncIterable<string>
}

/**
 * Sends requests. `createTransport` makes one; a program may bring its own, over fetch or in memory, and check
 * it with `transportCases` of `occi-cli/testing`.
 *
 * What the client relies on:
 *
 * - Any HTTP status is an answer, not an error.
 * - A request is sent once. A transport that sends again by itself (for a broken connection, or a redirect of a
 *   write) makes two machines of one create.
 * - Where no whole answer arrives, it rejects, for a stream also while its chunks are read. What it rejects
 *   with may be anything. Unless it is an error of this library that says in `facts.sent` that nothing was sent
 *   (`no`), a write counts as possibly carried out: it is never repeated, and the client looks at the provider.
 * - It ends when the request's signal is aborted, and sends nothing when it is aborted already.
 *
 * That of `createTransport` throws NetworkError (name, connection, TLS), TimeoutError, CancelledError,
 * ProtocolError (not HTTP, over a limit), UsageError (a header value with CR, LF or NUL; closed) and ConfigError
 * (the certificate cannot be used), with `facts.sent` where a request can have left.
 */
export interface Transport {
  /** The whole answer. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** The head of the answer; the body follows in chunks, and must be read or returned. */
  stream(request: HttpRequest): Promise<StreamedResponse>
  /** Ends all connections; may be called twice. */
  close(): Promise<void>
}

/** Time, as the library asks for it: hand in another one to test without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds; rejects when the signal is aborted before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** Whom to trust, and the client certificate. Texts and bytes, not paths. */
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
   * Looks at the certificates of a server that the authorities vouch for, in DER, its own first. Throws
   * DistrustError. Not called where `insecure` is set.
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
   * Limit for one send() with its redirects, or one stream() to its end, except the time in which it is not
   * read. Retries have a separate deadline.
   */
  readonly totalTimeout?: number | undefined
  readonly tls?: TlsMaterial | undefined
  /** More of it, asked for before the first TLS connection; `tls` takes precedence. Its errors are those of send(). */
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
  /** Observes each exchange. Secrets are redacted before. */
  readonly trace?: ((event: TraceEvent) => void) | undefined
  /** Names of further headers whose values must never be traced. */
  readonly secretHeaders?: readonly string[] | undefined
  /** Clock of the trace, in milliseconds. Default Date.now. */
  readonly now?: (() => number) | undefined
}

/**
 * What was sent and answered, with secrets masked. `at` is in milliseconds; `id` ties the events of an
 * exchange together.
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
      /** The body was not read to its end: the reader needed no more, or it failed. */
      readonly unread?: true
      readonly tolerated: readonly string[]
    }
  | { readonly type: 'error'; readonly id: number; readonly at: number; readonly message: string }
