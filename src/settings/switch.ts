/** Reads boolean settings, which options, variables, contexts and files may spell in words. */
import { UsageError } from '../errors/errors.js'

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1', 'y', 't'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0', 'n', 'f', ''].map((word) => [word, false] as const),
])

/** The boolean that a word stands for, ignoring case; undefined for other words. */
export function switchWord(value: string): boolean | undefined {
  return words.get(value.trim().toLowerCase())
}

/**
 * Whether a switch is on; it is off if absent or empty. `source` names the origin of the value for messages:
 * `--insecure`, `OCCI_INSECURE`, a file. Throws UsageError for an unknown word, since guessing could disable a
 * check.
 */
export function isOn(value: string | undefined, source: string): boolean {
  if (value === undefined) return false
  const on = switchWord(value)
  if (on !== undefined) return on
  throw new UsageError(`${source} is "${value.slice(0, 80)}", which is neither true nor false`, {
    hint: 'Write true, yes, on or 1, or else false, no, off or 0.',
    at: source,
  })
}
