/** Parses amounts of memory and storage in GiB, the unit of OCCI. */
import { UsageError } from '../../errors/errors.js'

/**
 * Always powers of 1024: providers use G, GB and GiB for the same unit, and GFD.224 prints "GiB" with a
 * factor of 10^9.
 */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1 / 1024 ** 2,
  m: 1 / 1024,
  g: 1,
  t: 1024,
  p: 1024 ** 2,
}

/** Converts `10`, `10G`, `512M`, `1.5TiB` to GiB. Throws UsageError naming `option`. */
export function parseGibibytes(text: string, option: string): number {
  const value = gibibytesIn(text)
  if (value === undefined || value <= 0) {
    throw new UsageError(`${option} cannot be "${text}"`, {
      hint: 'Give a size: 10 (GiB), 512M, 10G, 1T.',
      at: option,
    })
  }
  return value
}

/** Like parseGibibytes, but returns undefined for text that is not an amount. */
export function gibibytesIn(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?$/i.exec(text.trim())
  const value =
    match === null ? Number.NaN : Number(match[1]) * (factors[(match[2] ?? '').toLowerCase()] ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** Converts `64M`, `1G` to bytes. A number without a unit is bytes. Throws UsageError naming `option`. */
export function parseBytes(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  const factor = factors[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN
  const bytes =
    match === null ? Number.NaN : Math.floor(Number(match[1]) * (match[2] === '' ? 1 : factor * gibibyte))
  if (!Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new UsageError(`${option} cannot be "${text}"`, {
      hint: 'Give a size: 64M, 1G; a bare number is bytes.',
      at: option,
    })
  }
  return bytes
}

const gibibyte = 1024 ** 3
