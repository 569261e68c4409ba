/** All terminal knowledge: commands and formats ask this, never process. */

export interface Sink {
  /** Resolves when the text is taken; rejects with the stream's error (EPIPE, ENOSPC). */
  write(text: string): Promise<void>
  readonly terminal: boolean
  readonly color: boolean
  readonly width: number | undefined
}

export interface Streams {
  readonly out: Sink
  readonly err: Sink
  /** Whole of standard input as text or bytes; empty when it is closed. */
  readStdin(): Promise<Buffer>
  readonly stdinTerminal: boolean
  /** Prompts are possible: stdin and stderr are terminals, not CI, no --no-input. */
  readonly interactive: boolean
  /** The raw stderr stream, for ora and prompts. */
  readonly errStream: NodeJS.WriteStream
}
