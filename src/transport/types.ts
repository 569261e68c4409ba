/** HTTP as the rest of the library sees it. Knows no OCCI. */

export type HeaderPair = readonly [name: string, value: string]

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH'
  /** Absolute http: or https: URL. */
  readonly url: string
  /** In order; a repeated name is sent as separate lines. Values may hold any Unicode (sent as UTF-8). */
  readonly headers: readonly HeaderPair[]
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /**
   * Whether withRetries may send it again when it is unknown whether it was carried out. Default by method: yes
   * for GET, HEAD, OPTIONS, PUT and DELETE. Say false for a PUT that creates where the provider may ignore the id.
   */
  readonly repeatable?: boolean
}

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Raw pairs in order, case kept, values decoded as UTF-8 (Latin-1 where that is not valid UTF-8). */
  readonly headers: readonly HeaderPair[]
  /** Decompressed, decoded by the charset of Content-Type, UTF-8 by default. */
  readonly body: string
  /** URL that answered, after redirects within the origin. */
  readonly url: string
  /** Transport-level tolerances that were needed, e.g. `duplicate-content-length`. */
  readonly tolerated: readonly string[]
  /** Set by withRetries when it took more than one attempt: then a 404 to DELETE may be the fruit of the first. */
  readonly attempts?: number
}

export interface StreamedResponse extends Omit<HttpResponse, 'body'> {
  /** Decoded text in chunks as they arrive. */
  readonly chunks: AsyncIterable<string>
}

/**
 * Throws NetworkError (DNS, refused, reset, TLS), TimeoutError, ProtocolError (not HTTP, over a limit),
 * UsageError (a header value with CR, LF or NUL). Any HTTP status is an answer, not an error.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>
  stream(request: HttpRequest): Promise<StreamedResponse>
  close(): Promise<void>
}

export interface TlsMaterial {
  /** PEM texts; replaces the system's roots unless `systemCa`. */
  readonly ca?: readonly string[]
  readonly systemCa?: boolean
  readonly cert?: string | Uint8Array
  readonly key?: string | Uint8Array
  readonly pfx?: Uint8Array
  readonly passphrase?: string
  readonly insecure?: boolean
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
}

export interface TransportSettings {
  readonly userAgent: string
  /** Milliseconds. Defaults 10 s, 60 s, 60 s; `totalTimeout` none. 0 switches one off. */
  readonly connectTimeout?: number
  readonly headersTimeout?: number
  readonly bodyTimeout?: number
  /**
   * For one send() with its redirects, or one stream() to its end, less the time in which nobody reads from it.
   * Retries have a deadline of their own.
   */
  readonly totalTimeout?: number
  readonly tls?: TlsMaterial
  /** Environment-style proxy settings; absent = no proxy. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string }
  /** Bytes of a decompressed body. Default 256 MiB. */
  readonly maxResponse?: number
  /** Connections per origin. Default 10. */
  readonly connections?: number
  /** Observer of each exchange; secrets are already redacted in what it is given. */
  readonly trace?: (event: TraceEvent) => void
  /** Names of headers whose values must never be traced, besides the well-known ones. */
  readonly secretHeaders?: readonly string[]
  /** Clock of the trace, in milliseconds. Default Date.now. */
  readonly now?: () => number
}

export type TraceEvent =
  | {
      readonly type: 'request'
      readonly id: number
      readonly at: number
      readonly method: string
      readonly url: string
      readonly headers: readonly HeaderPair[]
      readonly body?: string
    }
  | {
      readonly type: 'response'
      readonly id: number
      readonly at: number
      readonly status: number
      readonly reason: string
      readonly headers: readonly HeaderPair[]
      readonly body?: string
      readonly tolerated: readonly string[]
    }
  | { readonly type: 'error'; readonly id: number; readonly at: number; readonly message: string }
