import { OcciError } from '../errors/errors.js'

/**
 * Why a request was refused, for personas whose servers word a refusal differently or send other headers with it. A
 * persona relies on it instead of the message, which may be reworded.
 */
export type FaultCode =
  | 'accept-not-supported'
  | 'action-not-applicable'
  | 'busy'
  | 'content-type-not-supported'
  | 'entity-as-uri-list'
  | 'invalid-json'
  | 'missing-link-end'
  | 'model-as-uri-list'
  | 'no-entity'
  | 'no-mixin'
  | 'unknown-attribute'
  | 'unknown-category'
  | 'unknown-kind'

/** What a Fault has besides its status and message. */
interface FaultDetails {
  readonly code?: FaultCode
  /** The part of the request that was refused, such as the identifier of an unknown category. */
  readonly subject?: string
  readonly headers?: readonly (readonly [string, string])[]
}

/** A refusal, which becomes an HTTP error response. An operation that throws it is rolled back. */
export class Fault extends Error {
  readonly status: number
  readonly code: FaultCode | undefined
  readonly subject: string | undefined
  readonly headers: readonly (readonly [string, string])[]

  constructor(status: number, message: string, { code, subject, headers = [] }: FaultDetails = {}) {
    super(message)
    this.name = 'Fault'
    this.status = status
    this.code = code
    this.subject = subject
    this.headers = headers
  }
}

/** Converts an error of a rendering to a Fault. Other errors are returned unchanged. */
export function toFault(error: unknown): unknown {
  if (!(error instanceof OcciError)) return error
  const parseCode = error.facts?.['parseCode']
  return new Fault(
    statusOfParseCode.get(parseCode) ?? 400,
    error.message,
    parseCode === 'E_JSON' ? { code: 'invalid-json' } : {},
  )
}

const statusOfParseCode: ReadonlyMap<unknown, number> = new Map([
  ['E_LIMIT', 413],
  ['E_CONFLICT', 409],
  // A rendering that cannot express the whole response is not acceptable (GFD.185 §3.6.7).
  ['E_RENDER', 406],
])
