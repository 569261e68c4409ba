/** "Did you mean" suggestions: the names nearest to a mistyped one. */
import { editDistance } from '../basics/nearest.js'

/**
 * At most three candidates similar to `word`, the most similar first: by Damerau-Levenshtein distance of the whole
 * name or of its last part (`memroy` finds `occi.compute.memory`), then names that contain the word.
 * Ignores case. Linear in the number of candidates.
 */
export function suggest(word: string, candidates: Iterable<string>): readonly string[] {
  const wanted = word.toLowerCase()
  if (wanted === '' || wanted.length > MAX_LENGTH) return []
  const bound = maxDistance(wanted.length)
  const best: { readonly name: string; readonly score: number }[] = []
  const seen = new Set<string>()
  for (const name of candidates) {
    if (seen.has(name)) continue
    seen.add(name)
    const score = distanceTo(wanted, name.toLowerCase(), bound)
    if (score === undefined) continue
    const last = best[MAX_SUGGESTIONS - 1]
    if (last !== undefined && last.score <= score) continue
    const at = best.findIndex((other) => other.score > score)
    best.splice(at < 0 ? best.length : at, 0, { name, score })
    if (best.length > MAX_SUGGESTIONS) best.pop()
  }
  return best.map(({ name }) => name)
}

const MAX_SUGGESTIONS = 3
const MAX_LENGTH = 256

/** The allowed distance: 0 for words of up to two letters, 1 up to five, 2 up to nine, otherwise 3. */
function maxDistance(length: number): number {
  if (length <= 2) return 0
  if (length <= 5) return 1
  return length <= 9 ? 2 : 3
}

function distanceTo(wanted: string, name: string, bound: number): number | undefined {
  const whole = editDistance(wanted, name, bound)
  if (whole !== undefined) return whole
  const tail = name.slice(lastSeparator(name) + 1)
  const part = tail === name ? undefined : editDistance(wanted, tail, bound)
  if (part !== undefined) return part + 0.5
  return wanted.length >= 3 && name.length <= MAX_LENGTH && name.includes(wanted) ? bound + 1 : undefined
}

function lastSeparator(name: string): number {
  return Math.max(name.lastIndexOf('.'), name.lastIndexOf('#'), name.lastIndexOf('/'))
}
