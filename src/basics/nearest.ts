/** Finds the name that a misspelt word may mean. */

/**
 * Returns the name with the smallest edit distance to `word`; undefined if every name differs in more than a third of
 * the letters. A name that begins with `word` counts as nearer than one with a typing error.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  const lowerCaseWord = word.toLowerCase().slice(0, comparedLength)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(lowerCaseWord.length / 3)) + 1
  for (const name of names) {
    const candidate = name.toLowerCase().slice(0, comparedLength)
    const distance =
      lowerCaseWord.length > 1 && candidate.startsWith(lowerCaseWord)
        ? 0.5
        : editDistance(lowerCaseWord, candidate, bestDistance)
    if (distance !== undefined && distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Only this many characters of a name are compared, since the comparison takes quadratic time. */
const comparedLength = 64

/** Joins names to "a", "a or b" or "a, b or c". */
export function alternatives(names: readonly string[]): string {
  const last = names.at(-1)
  if (last === undefined || names.length === 1) return last ?? ''
  return `${names.slice(0, -1).join(', ')} or ${last}`
}

/**
 * Returns the Levenshtein distance of two texts, in which swapping two adjacent characters counts as one edit (optimal
 * string alignment). Returns undefined if it is above `bound`.
 */
export function editDistance(a: string, b: string, bound: number): number | undefined {
  if (Math.abs(a.length - b.length) > bound) return undefined
  let rowBeforePrevious: number[] = []
  let previousRow = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let rowMinimum = i
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (previousRow[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previousRow[j - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwapped) cost = Math.min(cost, (rowBeforePrevious[j - 2] ?? 0) + 1)
      row.push(cost)
      rowMinimum = Math.min(rowMinimum, cost)
    }
    if (rowMinimum > bound) return undefined
    rowBeforePrevious = previousRow
    previousRow = row
  }
  const distance = previousRow[b.length] ?? 0
  return distance <= bound ? distance : undefined
}
