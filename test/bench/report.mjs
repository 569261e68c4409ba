/** Prints and collects the results of all benchmarks: ratios or counts, with their targets. */
const rows = []

export function ratio(what, measured, comparedWith, comparison, target) {
  const value = measured.median / comparison.median
  const noise = Math.hypot(measured.noise, comparison.noise)
  rows.push({ what, comparedWith, value, noise, target })
  print(rows.at(-1))
}

export function count(what, value, target) {
  rows.push({ what, value, target, plain: true })
  print(rows.at(-1))
}

export function note(text) {
  process.stdout.write(`  ${text}\n`)
}

export function missed() {
  return rows.filter((row) => row.target !== undefined && row.value > row.target)
}

function print({ what, comparedWith, value, noise, target, plain }) {
  const figure = plain ? String(value) : `${value.toFixed(2)} ± ${(noise * value).toFixed(2)}`
  const verdict =
    target === undefined ? '' : value <= target ? `  (at most ${target})` : `  (at most ${target}: MISSED)`
  process.stdout.write(
    `${what}${comparedWith === undefined ? '' : ` / ${comparedWith}`}: ${figure}${verdict}\n`,
  )
}
