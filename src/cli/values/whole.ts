/** Whole numbers, where GFD.224 says Integer and models say number. */
import { UsageError } from '../../errors/errors.js'

/** Throws UsageError naming `option`. Whether it is too small or too large the model says. */
export function parseWhole(text: string, option: string): number {
  const number = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw new UsageError(`${option} cannot be "${text}"`, { hint: 'Give a whole number: 2.', at: option })
}
