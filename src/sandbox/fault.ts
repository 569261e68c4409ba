import { OcciError } from '../errors/errors.js'

/** A refusal, which becomes an HTTP error response. An operation that throws it is rolled back. */
export class Fault extends Error {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]

  constructor(status: number, message: string, headers: readonly (readonly [string, string])[] = []) {
    super(message)
    this.name = 'Fault'
    this.status = status
    this.headers = headers
  }
}

/** Converts an error of a rendering to a Fault. Other errors are returned unchanged. */
export function toFault(error: unknown): unknown {
  if (!(error instanceof OcciError)) return error
  const code = error.facts?.['parseCode']
  return new Fault(statusOfParseCode.get(code) ?? 400, error.message)
}

const statusOfParseCode: ReadonlyMap<unknown, number> = new Map([
  ['E_LIMIT', 413],
  ['E_CONFLICT', 409],
  // A rendering that cannot express the whole response is not acceptable (GFD.185 §3.6.7).
  ['E_RENDER', 406],
])
