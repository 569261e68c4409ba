/** All terminal knowledge: commands and formats ask this, never process. */
import { fstatSync, writeSync } from 'node:fs'
import { type PipePatience, type Purpose, readStream } from '../files/index.js'

export interface Sink {
  /** Resolves when the text is taken; rejects with the stream's error (EPIPE, ENOSPC). */
  write(text: string): Promise<void>
  readonly terminal: boolean
  readonly color: boolean
  /** Columns of the terminal, now; undefined in a pipe. */
  readonly width: number | undefined
  /** Lines of the terminal, now; undefined in a pipe or when nobody knows. */
  readonly height?: number | undefined
}

/** How work under way is shown: an animation, one line for each step (CI, dumb terminals), or not at all. */
export type ProgressStyle = 'spinner' | 'lines' | 'none'

export interface Streams {
  readonly out: Sink
  readonly err: Sink
  /** Whole of standard input; empty when it is closed. Throws UnreadableFileError when it is too much or too slow. */
  readStdin(purpose: Purpose, patience: PipePatience): Promise<Buffer>
  readonly stdinTerminal: boolean
  /** Prompts are possible: stdin and stderr are terminals, not CI, no --no-input. */
  readonly interactive: boolean
  readonly progress: ProgressStyle
  /** The raw streams, for ora and prompts. */
  readonly errStream: NodeJS.WriteStream
  readonly inStream: NodeJS.ReadStream
}

/** What of `process` is looked at. */
export interface ProcessLike {
  readonly stdin: NodeJS.ReadStream
  /** Told without opening it; by default stdin.isTTY. */
  readonly stdinTerminal?: boolean
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface StreamPreferences {
  /** `--color`: default `auto`. */
  readonly color?: 'auto' | 'always' | 'never'
  /** `--no-input` is `never`. */
  readonly input?: 'auto' | 'never'
  /** `--quiet` is `never`. */
  readonly progress?: 'auto' | 'never'
}

/** Streams of a process. Cheap, and may be called again once the options are known. */
export function processStreams(process: ProcessLike, preferences: StreamPreferences = {}): Streams {
  const { stdout, stderr, env } = process
  const stdinTerminal = () => process.stdinTerminal ?? process.stdin.isTTY === true
  const animated = stderr.isTTY === true && !isContinuousIntegration(env) && env['TERM'] !== 'dumb'
  return {
    out: sink(stdout, env, preferences),
    err: sink(stderr, env, preferences),
    readStdin: (purpose, patience) => readStream(process.stdin, purpose, patience),
    get stdinTerminal() {
      return stdinTerminal()
    },
    get interactive() {
      return animated && preferences.input !== 'never' && stdinTerminal()
    },
    progress: progressStyle(stderr, env, preferences),
    errStream: stderr,
    // Made on first use: most commands read nothing, and opening it takes time.
    get inStream() {
      return process.stdin
    },
  }
}

/** `CI` is set by every known service; `false` and `0` mean that one is not. */
export function isContinuousIntegration(env: ProcessLike['env']): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase())
}

/**
 * Whether to colour a stream. The user's own word first, then NO_COLOR (no-color.org: any non-empty value),
 * FORCE_COLOR and CLICOLOR_FORCE, then what the terminal can do.
 */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: ProcessLike['env'],
  color: StreamPreferences['color'] = 'auto',
): boolean {
  if (color !== 'auto') return color === 'always'
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR'] || env['CLICOLOR_FORCE']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if (env['CLICOLOR'] === '0' || env['TERM'] === 'dumb') return false
  return stream.isTTY === true
}

function progressStyle(
  stderr: NodeJS.WriteStream,
  env: ProcessLike['env'],
  preferences: StreamPreferences,
): ProgressStyle {
  if (preferences.progress === 'never') return 'none'
  if (isContinuousIntegration(env)) return 'lines'
  if (stderr.isTTY !== true) return 'none'
  // A terminal that has no size (script, expect) says 0 columns, by which ora divides and then clears for ever.
  return env['TERM'] === 'dumb' || stderr.columns === 0 ? 'lines' : 'spinner'
}

function sink(stream: NodeJS.WriteStream, env: ProcessLike['env'], preferences: StreamPreferences): Sink {
  // Without a listener a closed pipe ends the process with a stack trace; each write reports it instead.
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
  const terminal = stream.isTTY === true
  const file = fileDescriptor(stream)
  return {
    write: (text) => (file === undefined ? writeTo(stream, text) : writeToFile(file, Buffer.from(text))),
    terminal,
    color: wantsColor(stream, env, preferences.color),
    get width() {
      return terminal ? stream.columns || Number(env['COLUMNS']) || 80 : undefined
    },
    get height() {
      return terminal ? stream.rows || Number(env['LINES']) || undefined : undefined
    },
  }
}

function ignore(): void {}

function writeTo(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (text === '') return Promise.resolve()
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

function fileDescriptor(stream: NodeJS.WriteStream): number | undefined {
  try {
    if (!('fd' in stream) || typeof stream.fd !== 'number') return undefined
    return fstatSync(stream.fd).isFile() ? stream.fd : undefined
  } catch {
    return undefined
  }
}

/**
 * Node's own stream for a file drops what a nearly full disk did not take; this goes on until the error. At
 * once, as Node does it: what is written lies in memory before a thread could have been asked to write it.
 */
async function writeToFile(fd: number, bytes: Buffer): Promise<void> {
  let done = 0
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, null)
}
