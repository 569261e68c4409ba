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

/** The members of an error as plain data. `hide` masks secrets in text. */
export function recordedError(error: unknown, hide: (text: string) => string): RecordedError {
  if (!(error instanceof OcciError)) {
    return { code: 'unexpected', message: hide(error instanceof Error ? error.message : String(error)) }
  }
  const { code, message, hint, at, http, facts } = error
  return {
    code,
    message: hide(message),
    ...(hint === undefined ? {} : { hint: hide(hint) }),
    ...(at === undefined ? {} : { at }),
    ...(http === undefined ? {} : { http: withHiddenSecrets(http, hide) }),
    ...(facts === undefined ? {} : { facts: withHiddenSecrets(facts, hide) }),
  }
}

function withHiddenSecrets(value: object, hide: (text: string) => string): Readonly<Record<string, unknown>> {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'string' ? hide(member) : typeof member === 'bigint' ? member.toString() : member,
    ),
  ) as Readonly<Record<string, unknown>>
}

/** Creates an error of the recorded class. */
export function replayedError({ code, message, hint, at, http, facts }: RecordedError): Error {
  const ErrorClass = errorClasses.get(code)
  if (ErrorClass === undefined) return new Error(message)
  return new ErrorClass(message, {
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
    ...(http === undefined ? {} : { http: factsOf(http) }),
    ...(facts === undefined ? {} : { facts }),
  })
}

function factsOf(http: Readonly<Record<string, unknown>>): HttpFacts {
  const text = (name: string) => (typeof http[name] === 'string' ? { [name]: http[name] } : {})
  return {
    method: '',
    url: '',
    ...text('method'),
    ...text('url'),
    ...text('reason'),
    ...text('requestId'),
    ...text('serverMessage'),
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
