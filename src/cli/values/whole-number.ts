/** Parses whole numbers, for attributes that are Integer in GFD.224 but only "number" in models. */
import { UsageError } from '../../errors/errors.js'

/** Returns the number. Throws UsageError naming `option`. Validation against the model checks the limits. */
export function parseWholeNumber(text: string, option: string): number {
  const number = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw new UsageError(`${option} cannot be "${text}"`, { hint: 'Give a whole number: 2.', at: option })
}
