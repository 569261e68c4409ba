/**
 * Runs another program with the terminal and the streams of this one.
 */
import { spawn as start } from 'node:child_process'
import { constants } from 'node:os'
import { UsageError } from '../../errors/errors.js'
import { withoutSecrets } from './child-environment.js'

/**
 * Resolves with the exit status, or 128 plus the number of the signal that ended the program. Uses no shell.
 * Throws UsageError if the program is not installed.
 */
export function spawn(
  program: string,
  args: readonly string[],
  { hint, signal }: { readonly hint: string; readonly signal: AbortSignal },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = start(program, args, {
      stdio: 'inherit',
      shell: false,
      windowsHide: true,
      env: withoutSecrets(process.env),
    })
    // Ctrl-C reaches the program through the terminal; signals sent to this process are forwarded.
    const terminate = () => child.kill('SIGTERM')
    signal.addEventListener('abort', terminate, { once: true })
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', terminate)
      reject(
        error.code === 'ENOENT'
          ? new UsageError(`The program ${program} was not found`, {
              hint,
              cause: error,
            })
          : error,
      )
    })
    child.once('close', (code, by) => {
      signal.removeEventListener('abort', terminate)
      resolve(code ?? 128 + (by === null ? 0 : constants.signals[by]))
    })
  })
}
