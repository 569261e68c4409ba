/** Converts errors to plain data and back, so that a replay throws the recorded error. */
import {
  AmbiguousError,
  AuthError,
  CancelledError,
  ConfigError,
  ConflictError,
  type ErrorDetails,
  ForbiddenError,
  type HttpFacts,
  NetworkError,
  NotFoundError,
  OcciError,
  OutcomeUnknownError,
  ProtocolError,
  ServerError,
  TimeoutError,
  UsageError,
  ValidationError,
  WaitFailedError,
} from '../../errors/errors.js'
import type { RecordedError } from './har.js'

/** Returns the members of an error as plain data. `redact` masks secrets in text. */
export function recordedError(error: unknown, redact: (text: string) => string): RecordedError {
  if (!(error instanceof OcciError)) {
    return { code: 'unexpected', message: redact(error instanceof Error ? error.message : String(error)) }
  }
  const { code, message, hint, at, http, facts } = error
  return {
    code,
    message: redact(message),
    ...(hint === undefined ? {} : { hint: redact(hint) }),
    ...(at === undefined ? {} : { at: redact(at) }),
    ...(http === undefined ? {} : { http: redactStrings(http, redact) }),
    ...(facts === undefined ? {} : { facts: redactStrings(facts, redact) }),
  }
}

function redactStrings(value: object, redact: (text: string) => string): Readonly<Record<string, unknown>> {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'string' ? redact(member) : typeof member === 'bigint' ? member.toString() : member,
    ),
  ) as Readonly<Record<string, unknown>>
}

/** Creates an error from the recorded data, of the class that its code denotes; a plain Error for an unknown code. */
export function replayedError({ code, message, hint, at, http, facts }: RecordedError): Error {
  const ErrorClass = errorClasses.get(code)
  if (ErrorClass === undefined) return new Error(message)
  return new ErrorClass(message, {
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
    ...(http === undefined ? {} : { http: httpFactsFrom(http) }),
    ...(facts === undefined ? {} : { facts }),
  })
}

function httpFactsFrom(http: Readonly<Record<string, unknown>>): HttpFacts {
  const textMember = (name: string) => (typeof http[name] === 'string' ? { [name]: http[name] } : {})
  return {
    method: '',
    url: '',
    ...textMember('method'),
    ...textMember('url'),
    ...textMember('reason'),
    ...textMember('requestId'),
    ...textMember('serverMessage'),
    ...(typeof http['status'] === 'number' ? { status: http['status'] } : {}),
  }
}

const errorClasses: ReadonlyMap<string, new (message: string, details: ErrorDetails) => OcciError> = new Map<
  string,
  new (
    message: string,
    details: ErrorDetails,
  ) => OcciError
>([
  ['usage', UsageError],
  ['config', ConfigError],
  ['auth', AuthError],
  ['forbidden', ForbiddenError],
  ['not-found', NotFoundError],
  ['ambiguous', AmbiguousError],
  ['conflict', ConflictError],
  ['validation', ValidationError],
  ['timeout', TimeoutError],
  ['network', NetworkError],
  ['server', ServerError],
  ['protocol', ProtocolError],
  ['cancelled', CancelledError],
  ['wait-failed', WaitFailedError],
  ['outcome-unknown', OutcomeUnknownError],
])
