/** Reads paths from environment variables. */

import { isAbsolute } from 'node:path'
import { plainText } from '../basics/words.js'
import { ConfigError } from '../errors/errors.js'

/**
 * Returns the path in an environment variable; undefined if it is unset or empty. Throws ConfigError for a relative
 * path, because it would name a different file, possibly another user's, in each working folder.
 */
export function pathVariable(env: (name: string) => string | undefined, name: string): string | undefined {
  const path = env(name)
  if (path === undefined || path === '') return undefined
  if (isAbsolute(path) || path.startsWith('~/')) return path
  throw new ConfigError(
    `${name} is "${plainText(path).slice(0, 200)}", a relative path, which names a different file in each folder`,
    { at: name, hint: 'Set it to the absolute path.' },
  )
}
