/**
 * What errors know beside their message, as plain data. A member is present where it is known; more members
 * than these may be.
 */
export interface ErrorFacts {
  readonly [name: string]: unknown
  /**
   * Whether the request can have reached the server: `no` when no byte of it was sent. Where it is absent and
   * the request got no answer, it may have been carried out (`mayHaveBeenSent`).
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
  /** Names that are close to the one that was given. */
  readonly suggestions?: readonly string[]
}

/** Facts of an AmbiguousError. */
export interface AmbiguousFacts extends ErrorFacts {
  /** What the name fits: categories, or entities by location. */
  readonly candidates?: readonly Readonly<Record<string, unknown>>[]
}

/** Facts of a ValidationError. */
export interface ValidationFacts extends ErrorFacts {
  /** Every problem that was found, with the attribute or category that it is about. */
  readonly problems?: readonly { readonly at: string; readonly message: string; readonly hint?: string }[]
}

/** Facts of a TimeoutError. */
export interface TimeoutFacts extends ErrorFacts {
  /**
   * Which limit ended: of the connection, of the head of the answer, of a silence in its body, of one request
   * in all, of all its attempts (`deadline`), of a wait, or the caller's `AbortSignal.timeout` (`signal`).
   */
  readonly timeout?: 'connect' | 'headers' | 'body' | 'total' | 'deadline' | 'wait' | 'signal'
  readonly milliseconds?: number
  /** Of a wait: the entity, and the state that it had last. */
  readonly location?: string
  readonly state?: string
}

/** Facts of a NetworkError. */
export interface NetworkFacts extends ErrorFacts {
  /** It may be gone at the next attempt; an unknown host name or an untrusted certificate is not. */
  readonly transient?: boolean
  /** The TLS alert of the server, such as `certificate_required`. */
  readonly alert?: string
}

/** Facts of a ServerError or ProtocolError that came after the change was made. */
export interface ServerFacts extends ErrorFacts {
  /** The location of what was created, or true where it is not known. */
  readonly created?: string | true
  /** The location of what was changed. */
  readonly changed?: string
  /** What was done, in words. */
  readonly done?: string
}

/** Facts of a PartialError. */
export interface PartialFacts extends ErrorFacts {
  /** The location of what was created, where only a part of a creation failed. */
  readonly created?: string
}

/** Facts of a WaitFailedError. */
export interface WaitFailedFacts extends ErrorFacts {
  readonly location?: string
  readonly state?: string
  /** The action that would lead on from this state. */
  readonly action?: string
}

/** Facts of an OutcomeUnknownError. */
export interface OutcomeUnknownFacts extends ErrorFacts {
  /** The URL to look at: the entity, or the collection. */
  readonly check?: string
  /** Locations of what is there and may be the result. */
  readonly candidates?: readonly string[]
}
