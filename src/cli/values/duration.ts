/** Parses durations: `30`, `30s`, `2m`, `1h30m`, `500ms`. */
import { UsageError } from '../../errors/errors.js'

/** The milliseconds of each unit. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Returns milliseconds. A number without a unit is seconds. Throws UsageError naming `option`. */
export function parseDuration(text: string, option: string): number {
  const trimmed = text.trim()
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000)
  let total = 0
  let remaining = trimmed
  while (remaining !== '') {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)/.exec(remaining)
    if (match === null) {
      throw new UsageError(`${option} cannot be "${text}"`, {
        hint: 'Give a duration: 30s, 2m, 1h30m; a bare number is seconds.',
        at: option,
      })
    }
    total += Number(match[1]) * (units[match[2] ?? 's'] ?? 1000)
    remaining = remaining.slice(match[0].length)
  }
  if (trimmed === '')
    throw new UsageError(`${option} needs a duration`, { hint: 'For example 30s or 2m.', at: option })
  return Math.round(total)
}
