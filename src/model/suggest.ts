/** "Did you mean" suggestions: the names nearest to a mistyped one. */
import { editDistance } from '../basics/nearest.js'

/**
 * At most three candidates near `word`, nearest first: by Damerau-Levenshtein distance of the whole
 * name or of its last part (`memroy` finds `occi.compute.memory`), then names that contain the word.
 * Case does not count. Linear in the number of candidates.
 */
export function suggest(word: string, candidates: Iterable<string>): readonly string[] {
  const wanted = word.toLowerCase()
  if (wanted === '' || wanted.length > LONGEST) return []
  const bound = tolerance(wanted.length)
  const best: { readonly name: string; readonly score: number }[] = []
  const seen = new Set<string>()
  for (const name of candidates) {
    if (seen.has(name)) continue
    seen.add(name)
    const score = distanceTo(wanted, name.toLowerCase(), bound)
    if (score === undefined) continue
    const last = best[MOST - 1]
    if (last !== undefined && last.score <= score) continue
    const at = best.findIndex((other) => other.score > score)
    best.splice(at < 0 ? best.length : at, 0, { name, score })
    if (best.length > MOST) best.pop()
  }
  return best.map(({ name }) => name)
}

const MOST = 3
const LONGEST = 256

/** The largest distance by length of the word: none in two letters, one in five, two in nine, then three. */
function tolerance(length: number): number {
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
  return wanted.length >= 3 && name.length <= LONGEST && name.includes(wanted) ? bound + 1 : undefined
}

function lastSeparator(name: string): number {
  return Math.max(name.lastIndexOf('.'), name.lastIndexOf('#'), name.lastIndexOf('/'))
}
