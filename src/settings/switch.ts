/** Parses boolean settings, which may be words: `yes`, `off`. */
import { UsageError } from '../errors/errors.js'

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1', 'y', 't'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0', 'n', 'f', ''].map((word) => [word, false] as const),
])

/** Returns the boolean for a word such as `yes` or `OFF`; undefined for other words. */
export function switchWord(value: string): boolean | undefined {
  return words.get(value.trim().toLowerCase())
}

/**
 * Whether a boolean setting is true. Without a value, or with an empty one, it is false. `source` names the origin of
 * the value for messages: `--insecure`, `OCCI_INSECURE`, a file. Throws UsageError for an unknown word, since a guess
 * could disable a check.
 */
export function isOn(value: string | undefined, source: string): boolean {
  if (value === undefined) return false
  const parsed = switchWord(value)
  if (parsed !== undefined) return parsed
  throw new UsageError(`${source} is "${value.slice(0, 80)}", which is neither true nor false`, {
    hint: 'Write true, yes, on or 1; or false, no, off or 0.',
    at: source,
  })
}
