/** Streams whose output can be read afterwards. */
import { PassThrough } from 'node:stream'
import type { ProgressStyle, Sink, Streams } from '../../src/cli/streams.js'

export interface MemoryStreams extends Streams {
  readonly text: () => string
  readonly errors: () => string
  /** Each write to standard output by itself. */
  readonly writes: readonly string[]
}

export interface MemoryOptions {
  readonly terminal?: boolean
  readonly color?: boolean
  readonly width?: number
  readonly height?: number
  readonly stdin?: string
  readonly interactive?: boolean
  readonly progress?: ProgressStyle
  /** Called with each write; may throw as a closed pipe does. */
  readonly onWrite?: (text: string) => void
}

export function memoryStreams(options: MemoryOptions = {}): MemoryStreams {
  const out: string[] = []
  const err: string[] = []
  const terminal = options.terminal ?? false
  const errStream = new PassThrough() as unknown as NodeJS.WriteStream
  errStream.on('data', (chunk: Buffer) => err.push(chunk.toString()))
  const sink = (into: string[], onWrite?: (text: string) => void): Sink => ({
    write: async (text) => {
      onWrite?.(text)
      into.push(text)
    },
    terminal,
    color: options.color ?? false,
    width: terminal ? (options.width ?? 80) : undefined,
    height: options.height,
  })
  return {
    out: sink(out, options.onWrite),
    err: sink(err),
    readStdin: async () => Buffer.from(options.stdin ?? ''),
    stdinTerminal: options.interactive ?? false,
    interactive: options.interactive ?? false,
    progress: options.progress ?? 'none',
    errStream,
    inStream: new PassThrough() as unknown as NodeJS.ReadStream,
    text: () => out.join(''),
    errors: () => err.join(''),
    writes: out,
  }
}
