/** Reads secrets from files and helper commands. */
import { formatBytes } from '../basics/amounts.js'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import {
  CommandError,
  type CommandLimits,
  commandOutput,
  purposes,
  readIfExists,
  UnreadableFileError,
} from '../files/index.js'

/**
 * Returns the content of a file without the line break at its end. Throws ConfigError if the file is missing, empty or
 * readable by others.
 */
export async function secretFromFile(path: string): Promise<string> {
  let text: string | undefined
  try {
    text = await readIfExists(path, purposes.secret)
  } catch (error) {
    if (!(error instanceof ConfigError) || !isReadableByOthers(error.cause)) throw error
    throw new ConfigError(error.message, {
      at: path,
      hint: `Run: chmod 600 ${shellWord(path)}`,
      cause: error.cause,
    })
  }
  if (text === undefined) throw new ConfigError(`There is no file ${path}.`, { at: path })
  return requireSecret(text, path)
}

function isReadableByOthers(cause: unknown): boolean {
  return cause instanceof UnreadableFileError && cause.kind === 'not-secret'
}

/**
 * Returns the output of a helper (`pass show occi`) without the line break at its end. The helper runs in a shell, like
 * the credential helpers of git. Throws ConfigError with the last line of its standard error, never of its output.
 */
export async function secretFromCommand(
  command: string,
  options: Omit<CommandLimits, 'size'> = {},
): Promise<string> {
  let output: string
  try {
    output = await commandOutput(command, { ...options, size: purposes.secret.limit })
  } catch (error) {
    throw error instanceof CommandError ? commandFailure(error) : error
  }
  return requireSecret(output, 'the output of the command')
}

function commandFailure({ killed, status, stderr }: CommandError): ConfigError {
  const outcome = killed
    ? 'did not end in time'
    : status === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
      ? `printed more than ${formatBytes(purposes.secret.limit)}`
      : `ended with ${typeof status === 'number' ? `status ${status}` : 'an error'}`
  const lastLine = stderr.trim().split('\n').at(-1)?.slice(0, 200)
  return new ConfigError(`The command that should print a secret ${outcome}.`, {
    at: 'command',
    hint: lastLine ? `Its error message: ${lastLine}` : 'Run it by hand to see what it does.',
  })
}

function requireSecret(text: string, source: string): string {
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new ConfigError(`There is no secret in ${source}: it is empty.`, { at: source })
  return secret
}
