/** What is known about an error beyond its message, as plain data. Errors may have further members. */
export interface ErrorFacts {
  readonly [name: string]: unknown
  /**
   * `no` if no byte of the request was sent; `maybe` if it may have been carried out. If this is absent, the class of
   * the error decides (`isOutcomeUncertain`).
   */
  readonly sent?: 'no' | 'maybe'
}

/** Facts of an AuthError. */
export interface AuthFacts extends ErrorFacts {
  /** The option of the method that is missing: `password`, `token`. */
  readonly missing?: string
}

/** Facts of a NotFoundError. */
export interface NotFoundFacts extends ErrorFacts {
  /** Existing names that are similar to the one that was not found. */
  readonly suggestions?: readonly string[]
}

/** Facts of an AmbiguousError. */
export interface AmbiguousFacts extends ErrorFacts {
  /** The categories or entities that the name matches. */
  readonly candidates?: readonly Readonly<Record<string, unknown>>[]
}

/** Facts of a ValidationError. */
export interface ValidationFacts extends ErrorFacts {
  /** All problems, each with the attribute or category that it concerns. */
  readonly problems?: readonly { readonly at: string; readonly message: string; readonly hint?: string }[]
}

/** Facts of a TimeoutError. */
export interface TimeoutFacts extends ErrorFacts {
  /**
   * The limit that expired: for connecting, for the response headers, between two parts of the body, for one request
   * (`total`), for a request with its retries (`deadline`), for a wait, or the caller's `AbortSignal.timeout`
   * (`signal`).
   */
  readonly timeout?: 'connect' | 'headers' | 'body' | 'total' | 'deadline' | 'wait' | 'signal'
  readonly milliseconds?: number
  /** For a wait: the location of the entity, and its last known state. */
  readonly location?: string
  readonly state?: string
}

/** Facts of a NetworkError. */
export interface NetworkFacts extends ErrorFacts {
  /** Whether a retry may succeed. False for an unknown host name or an untrusted certificate. */
  readonly transient?: boolean
  /** The TLS alert of the server, such as `certificate_required`. */
  readonly alert?: string
}

/** Facts of a ServerError or ProtocolError that occurred after a change had been made. */
export interface ServerFacts extends ErrorFacts {
  /** The location of the created entity, or true if the location is unknown. */
  readonly created?: string | true
  /** The location of the changed entity. */
  readonly changed?: string
  /** What had been done before the error, in words. */
  readonly done?: string
}

/** Facts of a PartialError. */
export interface PartialFacts extends ErrorFacts {
  /** The location of the created entity, if only a part of the creation failed. */
  readonly created?: string
}

/** Facts of a WaitFailedError. */
export interface WaitFailedFacts extends ErrorFacts {
  readonly location?: string
  readonly state?: string
  /** The action that leaves this state. */
  readonly action?: string
}

/** Facts of an OutcomeUnknownError. */
export interface OutcomeUnknownFacts extends ErrorFacts {
  /** The URL of the entity or collection that shows whether the write was carried out. */
  readonly check?: string
  /** Locations of existing entities that may be the result of the write. */
  readonly candidates?: readonly string[]
}
