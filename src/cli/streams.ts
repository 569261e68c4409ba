/** Terminals and pipes: commands and formats use this instead of `process`. */
import { fstatSync, writeSync } from 'node:fs'
import { type PipeTimeouts, type Purpose, readStream } from '../files/index.js'

export interface Sink {
  /** Resolves when the stream has accepted the text; rejects with the stream's error (EPIPE, ENOSPC). */
  write(text: string): Promise<void>
  readonly terminal: boolean
  readonly color: boolean
  /** The terminal's current number of columns; undefined in a pipe. */
  readonly width: number | undefined
  /** The terminal's current number of lines; undefined in a pipe or if unknown. */
  readonly height?: number | undefined
}

/** How progress is shown: an animation, one line for each step (CI, dumb terminals), or not at all. */
export type ProgressStyle = 'spinner' | 'lines' | 'none'

export interface Streams {
  readonly out: Sink
  readonly err: Sink
  /**
   * Reads all of standard input; empty if it is closed. Throws UnreadableFileError if it is too large or too
   * slow.
   */
  readStdin(purpose: Purpose, timeouts: PipeTimeouts): Promise<Buffer>
  readonly stdinTerminal: boolean
  /**
   * Whether prompts are possible: stdin and stderr are terminals, TERM is not dumb, it is not CI, and there is no
   * --no-input.
   */
  readonly interactive: boolean
  readonly progress: ProgressStyle
  /** The raw streams, for ora and prompts. */
  readonly errStream: NodeJS.WriteStream
  readonly inStream: NodeJS.ReadStream
}

/** The part of `process` that processStreams uses. */
export interface ProcessLike {
  readonly stdin: NodeJS.ReadStream
  /** Whether stdin is a terminal, if known without opening it; by default stdin.isTTY. */
  readonly stdinTerminal?: boolean
  /** Whether stderr is a terminal, if known without opening it; by default stderr.isTTY. */
  readonly stderrTerminal?: boolean
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

/** Creates the streams of a process. Inexpensive, so it may be called again once the options are known. */
export function processStreams(process: ProcessLike, preferences: StreamPreferences = {}): Streams {
  const { env } = process
  const stdinTerminal = () => process.stdinTerminal ?? process.stdin.isTTY === true
  const stderrTerminal = () => process.stderrTerminal ?? process.stderr.isTTY === true
  let err: Sink | undefined
  return {
    out: sink(process.stdout, env, preferences),
    // Opened on first use, like stdin: most commands write nothing to it, and opening a pipe loads node:net (3 ms).
    get err() {
      err ??= sink(process.stderr, env, preferences)
      return err
    },
    readStdin: (purpose, timeouts) => readStream(process.stdin, purpose, timeouts),
    get stdinTerminal() {
      return stdinTerminal()
    },
    get interactive() {
      const promptsAllowed =
        !isContinuousIntegration(env) && env['TERM'] !== 'dumb' && preferences.input !== 'never'
      return promptsAllowed && stderrTerminal() && stdinTerminal()
    },
    get progress() {
      return progressStyle(() => (stderrTerminal() ? process.stderr : undefined), env, preferences)
    },
    get errStream() {
      return process.stderr
    },
    get inStream() {
      return process.stdin
    },
  }
}

/** Every known CI service sets `CI`; `false` and `0` mean no. */
function isContinuousIntegration(env: ProcessLike['env']): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase())
}

/**
 * Whether to colour a stream. The user's option comes first, then NO_COLOR (no-color.org: any non-empty
 * value), FORCE_COLOR and CLICOLOR_FORCE, then the terminal's abilities.
 */
function wantsColor(
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
  terminal: () => NodeJS.WriteStream | undefined,
  env: ProcessLike['env'],
  preferences: StreamPreferences,
): ProgressStyle {
  if (preferences.progress === 'never') return 'none'
  if (isContinuousIntegration(env)) return 'lines'
  const stderr = terminal()
  if (stderr === undefined) return 'none'
  // A terminal without a size (script, expect) reports 0 columns, with which ora would erase lines forever.
  return env['TERM'] === 'dumb' || stderr.columns === 0 ? 'lines' : 'spinner'
}

function sink(stream: NodeJS.WriteStream, env: ProcessLike['env'], preferences: StreamPreferences): Sink {
  // Without a listener a closed pipe would crash the process; write() reports the error instead.
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
  const terminal = stream.isTTY === true
  const fd = fileDescriptor(stream)
  return {
    write: (text) => (fd === undefined ? writeTo(stream, text) : writeToFile(fd, Buffer.from(text))),
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
 * Writes to a file. On a nearly full disk Node's stream drops the rest of a partial write; this function
 * continues until all is written or an error occurs. It is synchronous, as Node's writes to files are.
 */
async function writeToFile(fd: number, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written, null)
}
