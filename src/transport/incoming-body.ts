import { Buffer } from 'node:buffer'

/** Controls of the connection for the reader of a body. */
interface FlowControl {
  pause(): void
  resume(): void
  /** Discards the response. The connection is closed unless the response has ended. */
  destroy(): void
}

/**
 * The body of a response while it arrives: a buffer between the connection, which pushes, and the reader, which pulls.
 * Pauses the connection when the buffer is full. Can be read once, either in pieces or as a whole.
 */
export class IncomingBody {
  readonly #flowControl: FlowControl
  #parts: Buffer[] = []
  #buffered = 0
  #paused = false
  #readingAll = false
  #mayPause = true
  #state: { readonly over: boolean; readonly error?: unknown } = { over: false }
  #wake = () => {}

  constructor(flowControl: FlowControl) {
    this.#flowControl = flowControl
  }

  push(part: Buffer): void {
    this.#parts.push(part)
    this.#buffered += part.length
    if (this.#buffered >= highWaterMark && !this.#readingAll && !this.#paused && this.#mayPause) {
      this.#paused = true
      this.#flowControl.pause()
    }
    if (!this.#readingAll) this.#wake()
  }

  /** Takes the data that the connection has received already, even if the buffer is full. */
  takeReceived(): void {
    this.#mayPause = false
    this.#resume()
    this.#mayPause = true
  }

  end(): void {
    this.#finish({ over: true })
  }

  fail(error: unknown): void {
    this.#finish({ over: true, error })
  }

  /** Reads all bytes at once, without a limit. Rejects with the connection's error. */
  async readAll(): Promise<Buffer> {
    this.#readingAll = true
    this.#resume()
    if (!this.#state.over) await this.#nextEvent()
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
          this.#buffered -= part.length
          yield part
        }
        if (this.#parts.length > 0) continue
        this.#throwFailure()
        if (this.#state.over) return
        // Resuming the parser may deliver data at once, before the reader waits.
        this.#resume()
        if (this.#parts.length === 0 && !this.#state.over) await this.#nextEvent()
      }
    } finally {
      this.discard()
    }
  }

  /** Discards the part that was not read. */
  discard(): void {
    if (!this.#state.over) this.#flowControl.destroy()
  }

  #finish(state: { readonly over: true; readonly error?: unknown }): void {
    if (this.#state.over) return
    this.#state = state
    this.#wake()
  }

  #throwFailure(): void {
    if ('error' in this.#state) throw this.#state.error
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#flowControl.resume()
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** The size of the buffer, in bytes, at which the connection is paused. The same as in Node's streams. */
const highWaterMark = 65_536
