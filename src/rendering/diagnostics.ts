/** The options of one parse, and the deviations that it tolerated. */
import { ParseError } from './error.js'
import type { Deviation, ParseErrorCode, ParseLimits, ParseOptions, Place } from './types.js'

/** The default limits in characters; `elements` is for one comma-separated list or JSON array, `jsonDepth` in levels. */
const defaultLimits: ParseLimits = {
  size: 4 * 1024 * 1024,
  lineLength: 1024 * 1024,
  elements: 10_000,
  nameLength: 255,
  jsonDepth: 48,
}

/** Bounds memory for a response with thousands of deviations. */
const maxDeviations = 1000

export class Diagnostics {
  readonly strict: boolean
  readonly recovers: boolean
  readonly version: '1.1' | '1.2'
  readonly limits: ParseLimits
  readonly deviations: Deviation[] = []
  /** Number of deviations, including those beyond the limit of the list. */
  count = 0
  private losses = 0
  private full = false

  constructor(options: ParseOptions = {}) {
    this.strict = options.strict ?? false
    this.recovers = !this.strict && (options.recover ?? false)
    this.version = options.version ?? '1.2'
    this.limits = { ...defaultLimits, ...options.limits }
  }

  /** Throws the error in strict mode; otherwise records a deviation. */
  tolerate(code: string, error: ParseErrorCode, message: string, at: Locator): void {
    if (this.strict) throw new ParseError(error, message, at())
    this.note(code, message, at)
  }

  /** Records a deviation in either mode. */
  note(code: string, message: string, at: Locator, loss?: 'lost'): void {
    const mark = loss === undefined ? {} : { lost: true as const }
    this.count++
    if (loss !== undefined) this.losses++
    // The first loss is always recorded, since it marks the answer as incomplete.
    if (this.deviations.length < maxDeviations || (loss !== undefined && this.losses === 1)) {
      this.deviations.push({ code, message, place: at(), ...mark })
    } else if (!this.full) {
      this.full = true
      this.deviations.push({
        code: 'more-deviations',
        message: 'further deviations are not listed',
        place: at(),
      })
    }
  }

  /** Records that a part could not be read because of `error`. Rethrows the error unless this parse recovers. */
  recoverFrom(error: unknown): void {
    if (!this.recovers || !(error instanceof ParseError)) throw error
    this.note('unreadable-part', error.reason, () => error.place, 'lost')
  }

  /** Throws the error in strict mode; otherwise records a deviation that makes the result incomplete. */
  tolerateLoss(code: string, error: ParseErrorCode, message: string, at: Locator): void {
    if (this.strict) throw new ParseError(error, message, at())
    this.note(code, message, at, 'lost')
  }

  /** Throws the first loss as an error. For a message of which nothing could be read. */
  throwFirstLoss(): void {
    const first = this.deviations.find(({ lost }) => lost === true)
    if (first !== undefined) throw new ParseError('E_LINE', first.message, first.place)
  }

  get hasLosses(): boolean {
    return this.losses > 0
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

/** Computes a place on demand. */
export type Locator = () => Place
