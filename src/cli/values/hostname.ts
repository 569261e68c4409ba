/** Checks host names (RFC 952, RFC 1123 §2.1). */
import { UsageError } from '../../errors/errors.js'

/** Returns the host name unchanged. Throws UsageError naming `option` if it is invalid. */
export function parseHostname(text: string, option: string): string {
  const labels = text.replace(/\.$/, '').split('.')
  if (
    text.length <= 253 &&
    labels.every((label) => /^(?!-)[A-Za-z0-9-]{1,63}$/.test(label) && !label.endsWith('-'))
  ) {
    return text
  }
  throw new UsageError(`${option} cannot be "${text}"`, {
    hint: 'Use letters, digits and hyphens, in parts of at most 63 characters: web, db-1.example.org.',
    at: option,
  })
}
