/** Suggestions for mistyped names. */
import { nearestName } from '../../basics/nearest.js'

/** `Did you mean "x"? Formats: a, b, x.` The question is omitted if no name is similar. */
export function suggestion(word: string, names: readonly string[], plural: string): string {
  const near = nearestName(word, names)
  const all = `${plural}: ${names.join(', ')}.`
  return near === undefined ? all : `Did you mean "${near}"? ${all}`
}
