/** Compares secrets. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are equal. Takes the same time wherever they differ. */
export function secretsEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(a), digest(b))
}
