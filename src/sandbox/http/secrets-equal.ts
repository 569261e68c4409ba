/** Compares secrets. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are equal. The time that it takes does not depend on where they differ. */
export function secretsEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(a), digest(b))
}
