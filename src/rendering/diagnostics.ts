/** Decides which deviations from the specification a parse tolerates, and records them. */
import { ParseError } from './error.js'
import type { Deviation, ParseErrorCode, ParseLimits, ParseOptions, Place } from './types.js'

/** The limits of a parse whose options give none. ParseLimits states their units. */
const defaultLimits: ParseLimits = {
  size: 4 * 1024 * 1024,
  lineLength: 1024 * 1024,
  elements: 10_000,
  nameLength: 255,
  jsonDepth: 48,
}

/** Further deviations are counted but not recorded, to limit the memory that a malformed response takes. */
const maxDeviations = 1000

/** The options of one parse, and the deviations that it has tolerated. */
export class Diagnostics {
  /** Whether each deviation is an error. */
  readonly strict: boolean
  /** Whether unreadable parts are skipped and recorded. */
  readonly recovers: boolean
  readonly version: '1.1' | '1.2'
  readonly limits: ParseLimits
  readonly deviations: Deviation[] = []
  /** The number of deviations, including those beyond `maxDeviations`. */
  count = 0
  private losses = 0
  private isFull = false

  constructor(options: ParseOptions = {}) {
    this.strict = options.strict ?? false
    this.recovers = !this.strict && (options.recover ?? false)
    this.version = options.version ?? '1.2'
    this.limits = { ...defaultLimits, ...options.limits }
  }

  /** Records a deviation, or throws it as an error in strict mode. */
  tolerate(code: string, parseCode: ParseErrorCode, message: string, locate: Locator): void {
    if (this.strict) throw new ParseError(parseCode, message, locate())
    this.record(code, message, locate)
  }

  /** Records a deviation, in strict mode as well. */
  record(code: string, message: string, locate: Locator, loss?: 'lost'): void {
    this.count++
    if (loss !== undefined) this.losses++
    // The first loss is always recorded, because it marks the result as incomplete.
    const isFirstLoss = loss !== undefined && this.losses === 1
    if (this.deviations.length < maxDeviations || isFirstLoss) {
      const lost = loss === undefined ? {} : { lost: true as const }
      this.deviations.push({ code, message, place: locate(), ...lost })
    } else if (!this.isFull) {
      this.isFull = true
      this.deviations.push({
        code: 'more-deviations',
        message: 'Further deviations are not listed',
        place: locate(),
      })
    }
  }

  /** Records that a part could not be read because of `error`. Rethrows the error if this parse does not recover. */
  recoverFrom(error: unknown): void {
    if (!this.recovers || !(error instanceof ParseError)) throw error
    this.record('unreadable-part', error.reason, () => error.place, 'lost')
  }

  /** Records a deviation because of which a part is missing from the result. In strict mode, throws it as an error. */
  tolerateIncomplete(code: string, parseCode: ParseErrorCode, message: string, locate: Locator): void {
    if (this.strict) throw new ParseError(parseCode, message, locate())
    this.record(code, message, locate, 'lost')
  }

  /** Throws the first loss, if there is one, as an error. For a message of which nothing could be read. */
  throwFirstLoss(): void {
    const first = this.deviations.find(({ lost }) => lost === true)
    if (first !== undefined) throw new ParseError('E_LINE', first.message, first.place)
  }

  /** Whether a part of the message could not be read. */
  get hasLosses(): boolean {
    return this.losses > 0
  }

  /** Throws E_LIMIT for a message that is too long. */
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

/** Computes a place. It is called only when the place is needed. */
export type Locator = () => Place
