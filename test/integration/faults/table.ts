/** Counts by verb and by stage, as text. */
import { type Verdict, verdicts } from './judge.js'

export interface Row {
  readonly verb: string
  readonly stage: string
  readonly verdict: Verdict
}

export function tableOf(rows: readonly Row[], by: 'verb' | 'stage'): string {
  const names = [...new Set(rows.map((row) => row[by]))]
  const lines = [...names, undefined].map((name) => {
    const mine = rows.filter((row) => name === undefined || row[by] === name)
    const counts = verdicts.map((verdict) => mine.filter((row) => row.verdict === verdict).length)
    return line(name ?? 'all', [mine.length, ...counts])
  })
  return [line(by, ['runs', ...verdicts]), ...lines].join('\n')
}

function line(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(18)).join('')}`
}
