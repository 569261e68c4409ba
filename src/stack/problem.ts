/** Problems of a stack file, with their positions. */
import { alternatives } from '../basics/nearest.js'
import { omitUndefined } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import type { YamlPosition } from '../files/index.js'
import { suggest } from '../model/index.js'

/** One problem and its position. */
export interface StackProblem {
  readonly place: YamlPosition
  readonly message: string
  readonly hint?: string
}

/** Throws one ConfigError with all problems, each with file, line and column. Does nothing if there are none. */
export function throwProblems(file: string, problems: readonly StackProblem[]): void {
  const sorted = [...problems].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
  const [first] = sorted
  if (first === undefined) return
  const position = `${file}:${first.place.line}:${first.place.column}`
  const facts = {
    problems: sorted.map(({ place, message, hint }) => ({ ...place, message, ...omitUndefined({ hint }) })),
  }
  if (sorted.length === 1) {
    const { message, hint } = first
    throw new ConfigError(`${position}: ${message}`, { at: position, facts, ...omitUndefined({ hint }) })
  }
  const lines = sorted.slice(0, maxLines).map(({ place, message, hint }) => {
    const hintText = hint === undefined ? '' : ` (${hint})`
    return `${file}:${place.line}:${place.column}: ${message}${hintText}`
  })
  const remaining = sorted.length - lines.length
  if (remaining > 0) lines.push(`… and ${remaining} more`)
  const message = [`${sorted.length} problems in ${file}`, ...lines].join('\n')
  throw new ConfigError(message, { at: position, facts })
}

/** The number of problems after which a message states only how many more there are. */
const maxLines = 20

/** A hint for an unknown word: "Did you mean …?", or the known words after `label` if none is similar. */
export function didYouMean(word: string, knownWords: readonly string[], label: string): string {
  const similar = suggest(word, knownWords)
  if (similar.length > 0) return `Did you mean ${alternatives(similar)}?`
  return knownWords.length === 0
    ? `There are no ${label}.`
    : `${label}: ${knownWords.slice(0, 30).join(', ')}.`
}
