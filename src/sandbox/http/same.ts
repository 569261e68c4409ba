/** Compares secrets. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Takes the same time wherever the two differ. */
export function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(a), digest(b))
}
