/** Finds names for "Did you mean" suggestions. */
import { editDistance } from '../basics/nearest.js'

/**
 * Returns at most three candidates that are similar to `word`, the most similar first. Candidates are compared by the
 * edit distance of the whole name or of its last part (`memroy` finds `occi.compute.memory`); names that merely contain
 * the word are last. Ignores case. Takes linear time in the number of candidates.
 */
export function suggest(word: string, candidates: Iterable<string>): readonly string[] {
  const lowerCaseWord = word.toLowerCase()
  if (lowerCaseWord === '' || lowerCaseWord.length > MAX_LENGTH) return []
  const allowedDistance = allowedDistanceFor(lowerCaseWord.length)
  const best: { readonly name: string; readonly score: number }[] = []
  const comparedNames = new Set<string>()
  for (const name of candidates) {
    if (comparedNames.has(name)) continue
    comparedNames.add(name)
    const score = distanceTo(lowerCaseWord, name.toLowerCase(), allowedDistance)
    if (score === undefined) continue
    const last = best[MAX_SUGGESTIONS - 1]
    if (last !== undefined && last.score <= score) continue
    const position = best.findIndex((other) => other.score > score)
    best.splice(position < 0 ? best.length : position, 0, { name, score })
    if (best.length > MAX_SUGGESTIONS) best.pop()
  }
  return best.map(({ name }) => name)
}

const MAX_SUGGESTIONS = 3
const MAX_LENGTH = 256

/** Returns the distance up to which names are similar to a word of this length. */
function allowedDistanceFor(length: number): number {
  if (length <= 2) return 0
  if (length <= 5) return 1
  return length <= 9 ? 2 : 3
}

/**
 * Returns the distance of a name from the word, a higher one if only its last part is similar; undefined if too high.
 */
function distanceTo(word: string, name: string, allowedDistance: number): number | undefined {
  const distance = editDistance(word, name, allowedDistance)
  if (distance !== undefined) return distance
  const tail = name.slice(lastSeparator(name) + 1)
  const tailDistance = tail === name ? undefined : editDistance(word, tail, allowedDistance)
  if (tailDistance !== undefined) return tailDistance + 0.5
  return word.length >= 3 && name.length <= MAX_LENGTH && name.includes(word)
    ? allowedDistance + 1
    : undefined
}

function lastSeparator(name: string): number {
  return Math.max(name.lastIndexOf('.'), name.lastIndexOf('#'), name.lastIndexOf('/'))
}
