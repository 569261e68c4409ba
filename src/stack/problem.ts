/** Problems of a stack file, with their positions. */
import { alternatives } from '../basics/nearest.js'
import { ConfigError } from '../errors/errors.js'
import type { YamlPlace } from '../files/index.js'
import { suggest } from '../model/index.js'

export interface StackProblem {
  readonly place: YamlPlace
  readonly message: string
  readonly hint?: string
}

/** Throws one ConfigError with all problems, each with file, line and column; nothing when there are none. */
export function throwProblems(file: string, problems: readonly StackProblem[]): void {
  const sorted = [...problems].sort(
    (one, other) => one.place.line - other.place.line || one.place.column - other.place.column,
  )
  const [first, ...more] = sorted
  if (first === undefined) return
  const lines = sorted.slice(0, maxLines).map(({ place, message, hint }) => {
    const end = hint === undefined || more.length === 0 ? '' : ` (${hint})`
    return `${file}:${place.line}:${place.column}: ${message}${end}`
  })
  const remaining = sorted.length - lines.length
  throw new ConfigError(
    more.length === 0
      ? (lines[0] ?? '')
      : [
          `${sorted.length} problems in ${file}`,
          ...lines,
          ...(remaining > 0 ? [`… and ${remaining} more`] : []),
        ].join('\n'),
    {
      at: `${file}:${first.place.line}:${first.place.column}`,
      facts: {
        problems: sorted.map(({ place, message, hint }) => ({
          ...place,
          message,
          ...(hint === undefined ? {} : { hint }),
        })),
      },
      ...(more.length > 0 || first.hint === undefined ? {} : { hint: first.hint }),
    },
  )
}

const maxLines = 20

/** "Did you mean …?", or the list of known words if none is similar. */
export function didYouMean(word: string, known: readonly string[], what: string): string {
  const near = suggest(word, known)
  if (near.length > 0) return `Did you mean ${alternatives(near)}?`
  return known.length === 0 ? `There are no ${what}.` : `${what}: ${known.slice(0, 30).join(', ')}.`
}
