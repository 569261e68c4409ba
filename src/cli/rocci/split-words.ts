/** A command line into words, by the shell's rules of quoting; nothing is expanded. */
import { UsageError } from '../../errors/errors.js'

export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote === "'") {
      if (character === "'") quote = undefined
      else word = (word ?? '') + character
    } else if (character === '\\' && at + 1 < text.length) {
      const next = text.charAt(++at)
      const literal = quote === '"' && !'"\\$`\n'.includes(next) ? `\\${next}` : next
      word = (word ?? '') + (next === '\n' ? '' : literal)
    } else if (quote === '"') {
      if (character === '"') quote = undefined
      else word = (word ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== undefined) throw new UsageError(`A ${quote} is not closed in: ${text}`)
  if (word !== undefined) words.push(word)
  return words
}
