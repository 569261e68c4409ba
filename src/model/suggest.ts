/** "Did you mean" suggestions: the names nearest to a mistyped one. */

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
  const whole = damerauLevenshtein(wanted, name, bound)
  if (whole !== undefined) return whole
  const tail = name.slice(lastSeparator(name) + 1)
  const part = tail === name ? undefined : damerauLevenshtein(wanted, tail, bound)
  if (part !== undefined) return part + 0.5
  return wanted.length >= 3 && name.length <= LONGEST && name.includes(wanted) ? bound + 1 : undefined
}

function lastSeparator(name: string): number {
  return Math.max(name.lastIndexOf('.'), name.lastIndexOf('#'), name.lastIndexOf('/'))
}

/** Optimal string alignment distance, or undefined when it is above `bound`. */
function damerauLevenshtein(a: string, b: string, bound: number): number | undefined {
  if (Math.abs(a.length - b.length) > bound) return undefined
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least > bound) return undefined
    before = previous
    previous = row
  }
  const distance = previous[b.length] ?? 0
  return distance <= bound ? distance : undefined
}
