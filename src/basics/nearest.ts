/** Suggests a name for a misspelt word. */

/** The name with the smallest edit distance to `word`; undefined if none is close enough to be a typing error. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().slice(0, comparedLength)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const candidate = name.toLowerCase().slice(0, comparedLength)
    const distance = wanted.length > 1 && candidate.startsWith(wanted) ? 0.5 : editDistance(wanted, candidate)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

const comparedLength = 64

/** Levenshtein distance in which swapping two adjacent characters is one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
