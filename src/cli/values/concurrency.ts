/** `--concurrency`: the number of parallel requests. */
import { UsageError } from '../../errors/errors.js'

const defaultConcurrency = 10
const maxConcurrency = 100

/** Returns the number, or the default. Throws UsageError above the maximum, which protects providers from overload. */
export function parseConcurrency(text: string | undefined): number {
  if (text === undefined) return defaultConcurrency
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0
  if (number >= 1 && number <= maxConcurrency) return number
  throw new UsageError(`--concurrency cannot be "${text}"`, {
    hint: `Give a whole number from 1 to ${maxConcurrency}.`,
    at: '--concurrency',
  })
}
