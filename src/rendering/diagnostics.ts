/** Carries the mode of one parse and collects what had to be tolerated. */
import { ParseError } from './error.js'
import type { Deviation, ParseErrorCode, ParseLimits, ParseOptions, Place } from './types.js'

/** Limits of what is read. `elements` counts one list: a comma list in a field, or a JSON array. */
export const defaultLimits: ParseLimits = {
  size: 4 * 1024 * 1024,
  lineLength: 1024 * 1024,
  elements: 10_000,
  nameLength: 255,
  jsonDepth: 48,
}

/** More would be noise for the reader, and memory for whoever sends ten thousand oddities. */
const mostDeviations = 1000

export class Diagnostics {
  readonly strict: boolean
  readonly version: '1.1' | '1.2'
  readonly limits: ParseLimits
  readonly deviations: Deviation[] = []

  constructor(options: ParseOptions = {}) {
    this.strict = options.strict ?? false
    this.version = options.version ?? '1.2'
    this.limits = { ...defaultLimits, ...options.limits }
  }

  /** Strict: the error. Lenient: a deviation, and the parse goes on. */
  tolerate(code: string, error: ParseErrorCode, message: string, at: Locator): void {
    if (this.strict) throw new ParseError(error, message, at())
    this.note(code, message, at)
  }

  /** A deviation in either mode. */
  note(code: string, message: string, at: Locator): void {
    if (this.deviations.length < mostDeviations) this.deviations.push({ code, message, place: at() })
    else if (this.deviations.length === mostDeviations) {
      this.deviations.push({
        code: 'more-deviations',
        message: 'further deviations are not listed',
        place: at(),
      })
    }
  }

  checkSize(size: number, part: string): void {
    if (size > this.limits.size) {
      throw new ParseError(
        'E_LIMIT',
        `The message has ${size} characters; the limit is ${this.limits.size}`,
        { part },
      )
    }
  }
}

/** Places are worked out only when somebody asks. */
export type Locator = () => Place
