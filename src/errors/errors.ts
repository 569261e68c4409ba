/**
 * The errors that the library throws. An error is created where its cause is known; only cli/errors turns it into text,
 * colours and an exit status.
 */

import type {
  AmbiguousFacts,
  AuthFacts,
  ErrorFacts,
  NetworkFacts,
  NotFoundFacts,
  OutcomeUnknownFacts,
  PartialFacts,
  ServerFacts,
  TimeoutFacts,
  ValidationFacts,
  WaitFailedFacts,
} from './facts.js'

/** Stable, machine-readable names of the errors. */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'auth'
  | 'forbidden'
  | 'not-found'
  | 'ambiguous'
  | 'conflict'
  | 'validation'
  | 'timeout'
  | 'network'
  | 'server'
  | 'protocol'
  | 'cancelled'
  | 'partial'
  | 'wait-failed'
  | 'outcome-unknown'

/** The HTTP request and response that led to an error. Never holds a secret. */
export interface HttpFacts {
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly reason?: string
  readonly requestId?: string
  /** The server's message as plain text, shortened to a few hundred characters. */
  readonly serverMessage?: string
}

/** The parts of an error other than its message. */
export interface ErrorDetails {
  /** What the user can do about the error, as one imperative sentence. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  readonly http?: HttpFacts | undefined
  /** The part of the user's input that is wrong: an option, an attribute, or a file and line. */
  readonly at?: string | undefined
  /** Further facts, as plain data. */
  readonly facts?: ErrorFacts | undefined
  /** `model` if the client, and not the provider, refused, because of its possibly outdated copy of the model. */
  readonly basedOn?: 'model' | undefined
}

/**
 * The base class of the library's errors. `isOcciError` narrows an error to the union of the subclasses, which a switch
 * over `code` distinguishes.
 */
export abstract class OcciError extends Error {
  abstract readonly code: ErrorCode
  /** The name of the class, also in minified code. */
  abstract override readonly name: string
  /** What the user can do about the error, as one imperative sentence. */
  readonly hint: string | undefined
  /** The HTTP request and response that led to the error. */
  readonly http: HttpFacts | undefined
  /** The part of the caller's input that is wrong: a setting, an attribute, or a file and line. */
  readonly at: string | undefined
  /** Further facts, as plain data; each class has its own. */
  readonly facts: ErrorFacts | undefined
  /** `model` if the client, and not the provider, refused, because of its possibly outdated copy of the model. */
  readonly basedOn: 'model' | undefined

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.hint = details.hint
    this.http = details.http
    this.at = details.at
    this.facts = details.facts
    this.basedOn = details.basedOn
  }
}

/** Whether the client raised this error or one of its causes because of its copy of the model (`basedOn`). */
export function isBasedOnModel(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < 10 && current instanceof OcciError; depth += 1) {
    if (current.basedOn === 'model') return true
    current = current.cause
  }
  return false
}

/**
 * Whether a request that ended with this error may have been carried out: no usable response arrived. False if
 * `facts.sent` is `no` (no byte was sent), if the provider refused the request, and if the error was thrown before
 * sending.
 */
export function isOutcomeUncertain(error: OcciError): boolean {
  const withoutUsableResponse =
    error instanceof NetworkError ||
    error instanceof TimeoutError ||
    error instanceof CancelledError ||
    error instanceof ProtocolError
  return error.facts?.['sent'] === 'maybe' || (withoutUsableResponse && error.facts?.['sent'] !== 'no')
}

/** Returns a copy of the error, of the same class, with further facts. */
export function withFacts<E extends OcciError>(error: E, facts: ErrorFacts, message = error.message): E {
  return changedCopy(error, {
    message: { ...propertyFlags, enumerable: false, value: message },
    facts: { ...propertyFlags, value: { ...error.facts, ...facts } },
  })
}

/** Returns a copy of the error, of the same class, with another hint. */
export function withHint<E extends OcciError>(error: E, hint: string): E {
  return changedCopy(error, { hint: { ...propertyFlags, value: hint } })
}

/** Returns a copy of the error, of the same class, with another message that names another part of the user's input. */
export function withPosition<E extends OcciError>(error: E, at: string, message: string): E {
  return changedCopy(error, {
    message: { ...propertyFlags, enumerable: false, value: message },
    at: { ...propertyFlags, value: at },
  })
}

/** The flags of an ordinary property. */
const propertyFlags = { enumerable: true, writable: true, configurable: true }

/** Copies an error, with its stack and all other properties, and replaces some of them. */
function changedCopy<E extends OcciError>(error: E, changes: PropertyDescriptorMap): E {
  return Object.create(Object.getPrototypeOf(error), {
    ...Object.getOwnPropertyDescriptors(error),
    ...changes,
  }) as E
}

/** The command line or a function argument is wrong. */
export class UsageError extends OcciError {
  override readonly name = 'UsageError'
  readonly code = 'usage'
}
/** A configuration file, context or environment variable is wrong or missing. */
export class ConfigError extends OcciError {
  override readonly name = 'ConfigError'
  readonly code = 'config'
}
/** Credentials are missing, refused or expired (HTTP 401, and failed logins). */
export class AuthError extends OcciError {
  override readonly name = 'AuthError'
  readonly code = 'auth'
  declare readonly facts: AuthFacts | undefined
}
/** The provider refuses although the user is authenticated (403, quota, 413). */
export class ForbiddenError extends OcciError {
  override readonly name = 'ForbiddenError'
  readonly code = 'forbidden'
}
/** An entity, category or other object does not exist (404, 410, or no match for a name). */
export class NotFoundError extends OcciError {
  override readonly name = 'NotFoundError'
  readonly code = 'not-found'
  declare readonly facts: NotFoundFacts | undefined
}
/** A name matches several entities or categories; `facts.candidates` lists them. */
export class AmbiguousError extends OcciError {
  override readonly name = 'AmbiguousError'
  readonly code = 'ambiguous'
  declare readonly facts: AmbiguousFacts | undefined
}
/** The entity's state does not allow the operation (409, 422, an action that is not applicable). */
export class ConflictError extends OcciError {
  override readonly name = 'ConflictError'
  readonly code = 'conflict'
}
/** An entity or action does not fit the model, or the provider refuses one of its values (400). Nothing was changed. */
export class ValidationError extends OcciError {
  override readonly name = 'ValidationError'
  readonly code = 'validation'
  declare readonly facts: ValidationFacts | undefined
}
/** A timeout of this client expired: for the connection, headers, body, the whole operation, or a wait. */
export class TimeoutError extends OcciError {
  override readonly name = 'TimeoutError'
  readonly code = 'timeout'
  declare readonly facts: TimeoutFacts | undefined
}
/** Name resolution, connection or TLS failed. */
export class NetworkError extends OcciError {
  override readonly name = 'NetworkError'
  readonly code = 'network'
  declare readonly facts: NetworkFacts | undefined
}
/** The provider failed (5xx), or refused for a reason that no other class covers (4xx). */
export class ServerError extends OcciError {
  override readonly name = 'ServerError'
  readonly code = 'server'
  declare readonly facts: ServerFacts | undefined
}
/** The response is not OCCI, or it is too malformed to be read. */
export class ProtocolError extends OcciError {
  override readonly name = 'ProtocolError'
  readonly code = 'protocol'
  declare readonly facts: ServerFacts | undefined
}
/** The user declined or interrupted. */
export class CancelledError extends OcciError {
  override readonly name = 'CancelledError'
  readonly code = 'cancelled'
}
/** Some of several operations failed. `errors` has an entry for each failure. */
export class PartialError extends OcciError {
  override readonly name = 'PartialError'
  readonly code = 'partial'
  declare readonly facts: PartialFacts | undefined
  readonly errors: readonly { readonly target: string; readonly error: OcciError }[]

  constructor(
    message: string,
    errors: readonly { readonly target: string; readonly error: OcciError }[],
    details: ErrorDetails = {},
  ) {
    super(message, details)
    this.errors = errors
  }
}

/** Whether an error means that a listing is incomplete. The listing has yielded the entities that could be read. */
export function isIncompleteListing(error: unknown): error is PartialError {
  return error instanceof PartialError && error.facts?.['incomplete'] !== undefined
}

/** The failure of one of several sites. */
export interface FailureAtSite {
  /** The name of the site. In the command line this is the name of its context. */
  readonly site: string
  /** The part that failed, if the site answered otherwise. */
  readonly target?: string
  readonly error: OcciError
}

/** At least one of several sites failed. `code` is `partial`, or the code of the first failure if all sites failed. */
export class SitesError extends OcciError {
  override readonly name = 'SitesError'
  readonly code: ErrorCode
  /** At least one, in the order of the sites. */
  readonly errors: readonly FailureAtSite[]

  constructor(
    message: string,
    errors: readonly FailureAtSite[],
    { allFailed = false, ...details }: ErrorDetails & { readonly allFailed?: boolean } = {},
  ) {
    super(message, details)
    this.code = allFailed ? (errors[0]?.error.code ?? 'partial') : 'partial'
    this.errors = errors
  }
}

/** A wait ended in a state from which the wanted state cannot be reached (e.g. `error`). */
export class WaitFailedError extends OcciError {
  override readonly name = 'WaitFailedError'
  readonly code = 'wait-failed'
  declare readonly facts: WaitFailedFacts | undefined
}
/** It is unknown whether a write was carried out, although the client looked at the provider's state afterwards. */
export class OutcomeUnknownError extends OcciError {
  override readonly name = 'OutcomeUnknownError'
  readonly code = 'outcome-unknown'
  declare readonly facts: OutcomeUnknownFacts | undefined
}

/**
 * Any of the error classes except SitesError. Their `code` is a literal type, so that a switch over it narrows the
 * error, while that of a SitesError varies.
 */
export type AnyOcciError =
  | UsageError
  | ConfigError
  | AuthError
  | ForbiddenError
  | NotFoundError
  | AmbiguousError
  | ConflictError
  | ValidationError
  | TimeoutError
  | NetworkError
  | ServerError
  | ProtocolError
  | CancelledError
  | PartialError
  | WaitFailedError
  | OutcomeUnknownError

/** Whether a thrown value is an error of this library. */
export function isOcciError(error: unknown): error is AnyOcciError {
  return error instanceof OcciError
}

/** Returns an error of this library. Throws any other value again, because it shows a defect of the program. */
export function occiErrorOrRethrow(error: unknown): OcciError {
  if (error instanceof OcciError) return error
  throw error instanceof Error ? error : new Error(String(error))
}
