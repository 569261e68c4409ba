/** Suggestions for mistyped names. */
import { nearestName } from '../../basics/nearest.js'

/** `Did you mean "x"? Formats: a, b, x.` The question is omitted if no name is similar. */
export function suggestion(word: string, names: readonly string[], plural: string): string {
  const similarName = nearestName(word, names)
  const allNames = `${plural}: ${names.join(', ')}.`
  return similarName === undefined ? allNames : `Did you mean "${similarName}"? ${allNames}`
}
