/** Sources of secrets other than a prompt: a file, standard input, a helper command. */
import type { ChildProcess } from 'node:child_process'
import { present } from '../basics/objects.js'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import { purposes, readIfThere, UnreadableFileError } from '../files/index.js'
import type { Environment } from './types.js'

/**
 * The content of a file without its final line end. Throws ConfigError when the file is missing, empty or
 * readable by others.
 */
export async function secretFromFile(path: string): Promise<string> {
  let text: string | undefined
  try {
    text = await readIfThere(path, purposes.secret)
  } catch (error) {
    if (!(error instanceof ConfigError) || !isReadableByOthers(error.cause)) throw error
    throw new ConfigError(error.message, {
      at: path,
      hint: `Run: chmod 600 ${shellWord(path)}`,
      cause: error.cause,
    })
  }
  if (text === undefined) throw new ConfigError(`There is no file ${path}.`, { at: path })
  return notEmpty(text, path)
}

function isReadableByOthers(cause: unknown): boolean {
  return cause instanceof UnreadableFileError && cause.kind === 'not-secret'
}

export interface CommandOptions {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** The folder in which it runs; by default the working folder. */
  readonly folder?: string | undefined
  /** Milliseconds; default 60,000, since a helper may have to ask for a PIN. */
  readonly timeout?: number
}

/**
 * The output of a helper (`pass show occi`) without its final line end. The helper runs in a shell, as git's
 * helpers do. Throws ConfigError with the last line of its standard error, never of its output.
 */
export function secretFromCommand(command: string, options: CommandOptions): Promise<string> {
  const [shell, ...args] =
    options.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command] : ['/bin/sh', '-c', command]
  // Loaded here because few commands need it.
  const { execFile } = process.getBuiltinModule('node:child_process')
  return new Promise((resolve, reject) => {
    const child = execFile(
      shell ?? '/bin/sh',
      args,
      {
        env: options.env as NodeJS.ProcessEnv,
        ...present({ cwd: options.folder }),
        timeout: options.timeout ?? 60_000,
        killSignal: 'SIGKILL',
        maxBuffer: LARGEST,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error !== null) reject(failed(error, stderr))
        else {
          try {
            resolve(notEmpty(stdout, 'the command'))
          } catch (empty) {
            reject(empty)
          }
        }
      },
    )
    child.stdin?.end()
    endsWithUs(child)
    // A child of the command may keep its pipes open.
    child.once('exit', () => setTimeout(() => child.stdout?.destroy(), 1000).unref())
    child.once('exit', () => setTimeout(() => child.stderr?.destroy(), 1000).unref())
  })
}

/** A helper that asks for a PIN must not go on asking when nobody waits for it any more. */
function endsWithUs(child: ChildProcess): void {
  const end = () => void child.kill()
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
}

const LARGEST = 64 * 1024

function failed(error: { code?: unknown; killed?: boolean }, stderr: string): ConfigError {
  const how =
    error.killed === true
      ? 'did not end in time'
      : `ended with ${typeof error.code === 'number' ? `status ${error.code}` : 'an error'}`
  const words = stderr.trim().split('\n').at(-1)?.slice(0, 200)
  return new ConfigError(`The command that should print a secret ${how}.`, {
    at: 'command',
    hint: words ? `It said: ${words}` : 'Run it by hand to see what it says.',
  })
}

function notEmpty(text: string, where: string): string {
  const secret = text.endsWith('\r\n') ? text.slice(0, -2) : text.endsWith('\n') ? text.slice(0, -1) : text
  if (secret === '') throw new ConfigError(`There is no secret in ${where}: it is empty.`, { at: where })
  return secret
}
