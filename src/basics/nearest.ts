/** Suggests names for a misspelt word. */

/** The name with the smallest edit distance to `word`; undefined if none is close enough to be a typing error. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().slice(0, comparedLength)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const candidate = name.toLowerCase().slice(0, comparedLength)
    const distance =
      wanted.length > 1 && candidate.startsWith(wanted) ? 0.5 : editDistance(wanted, candidate, bestDistance)
    if (distance !== undefined && distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

const comparedLength = 64

/** "a", "a or b", "a, b or c". */
export function alternatives(names: readonly string[]): string {
  const last = names.at(-1)
  if (last === undefined || names.length === 1) return last ?? ''
  return `${names.slice(0, -1).join(', ')} or ${last}`
}

/**
 * The Levenshtein distance in which swapping two adjacent characters is one edit (optimal string alignment);
 * undefined when it is above `bound`.
 */
export function editDistance(a: string, b: string, bound: number): number | undefined {
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
