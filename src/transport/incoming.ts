/** The body of an answer as it comes in. */
import { Buffer } from 'node:buffer'

/** What the connection offers to whoever reads from it. */
export interface Tap {
  pause(): void
  resume(): void
  /** Gives the answer up; a connection that is not at its end is closed. */
  drop(): void
}

/**
 * Between a connection that pushes and a reader that pulls. Pieces are kept until they are read; when much is
 * kept the connection is held back. Read once: in pieces, or whole.
 */
export class IncomingBody {
  readonly #tap: Tap
  #parts: Buffer[] = []
  #kept = 0
  #held = false
  #wantsAll = false
  #state: { readonly over: boolean; readonly error?: unknown } = { over: false }
  #wake = () => {}

  constructor(tap: Tap) {
    this.#tap = tap
  }

  push(part: Buffer): void {
    this.#parts.push(part)
    this.#kept += part.length
    if (this.#kept >= muchKept && !this.#wantsAll && !this.#held) {
      this.#held = true
      this.#tap.pause()
    }
    if (!this.#wantsAll) this.#wake()
  }

  end(): void {
    this.#finish({ over: true })
  }

  fail(error: unknown): void {
    this.#finish({ over: true, error })
  }

  /** All bytes at once, without a bound. Rejects with what the connection failed with. */
  async whole(): Promise<Buffer> {
    this.#wantsAll = true
    this.#flow()
    if (!this.#state.over) await this.#more()
    this.#throwFailure()
    const [first = Buffer.alloc(0)] = this.#parts
    return this.#parts.length <= 1 ? first : Buffer.concat(this.#parts)
  }

  /** Bytes in pieces. Given up before its end, it gives the answer up. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const parts = this.#parts
        this.#parts = []
        for (const part of parts) {
          this.#kept -= part.length
          yield part
        }
        if (this.#parts.length > 0) continue
        this.#throwFailure()
        if (this.#state.over) return
        // A parser that goes on gives at once what it has kept: nobody is to wait for that.
        this.#flow()
        if (this.#parts.length === 0 && !this.#state.over) await this.#more()
      }
    } finally {
      this.discard()
    }
  }

  /** Nothing more of it is wanted. */
  discard(): void {
    if (!this.#state.over) this.#tap.drop()
  }

  #finish(state: { readonly over: true; readonly error?: unknown }): void {
    if (this.#state.over) return
    this.#state = state
    this.#wake()
  }

  #throwFailure(): void {
    if ('error' in this.#state) throw this.#state.error
  }

  #flow(): void {
    if (!this.#held) return
    this.#held = false
    this.#tap.resume()
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Bytes. As much as Node's streams keep. */
const muchKept = 65_536
