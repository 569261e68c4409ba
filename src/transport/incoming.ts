/** The body of a response while it arrives. */
import { Buffer } from 'node:buffer'

/** Controls of the connection for the reader of a body. */
interface Tap {
  pause(): void
  resume(): void
  /** Discards the response. The connection is closed unless the response has ended. */
  drop(): void
}

/**
 * Buffers between a connection that pushes and a reader that pulls, and pauses the connection when the
 * buffer is full. It can be read once: in pieces or whole.
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

  /** Reads all bytes at once, without a limit. Rejects with the connection's error. */
  async whole(): Promise<Buffer> {
    this.#wantsAll = true
    this.#flow()
    if (!this.#state.over) await this.#more()
    this.#throwFailure()
    const [first = Buffer.alloc(0)] = this.#parts
    return this.#parts.length <= 1 ? first : Buffer.concat(this.#parts)
  }

  /** Yields bytes in pieces. Returning early discards the response. */
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
        // Resuming the parser may deliver data at once, before the reader waits.
        this.#flow()
        if (this.#parts.length === 0 && !this.#state.over) await this.#more()
      }
    } finally {
      this.discard()
    }
  }

  /** Discards the rest. */
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

/** In bytes; the same limit as Node's streams. */
const muchKept = 65_536
