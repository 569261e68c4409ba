/** "Did you mean …?" for a name among few. */
import { nearest } from '../../basics/nearest.js'

/** `Did you mean "x"? Known: a, b, x.` */
export function suggestion(word: string, names: readonly string[], plural: string): string {
  const near = nearest(word, names)
  const all = `${plural}: ${names.join(', ')}.`
  return near === undefined ? all : `Did you mean "${near}"? ${all}`
}
