/**
 * Runs another program in place of this one, with the same terminal and streams, and returns its exit status.
 */
import { spawn as start } from 'node:child_process'
import { constants } from 'node:os'
import { UsageError } from '../../errors/errors.js'
import { withoutSecrets } from './child-environment.js'

/**
 * No shell is involved. Resolves with the exit status, 128 and more for a signal. Throws UsageError if the
 * program is missing.
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
    const end = () => child.kill('SIGTERM')
    signal.addEventListener('abort', end, { once: true })
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', end)
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
      signal.removeEventListener('abort', end)
      resolve(code ?? 128 + (by === null ? 0 : constants.signals[by]))
    })
  })
}
