/** Parses JSON files. Unlike Node's, the errors do not quote the text, because it may contain secrets. */
import { ConfigError } from '../errors/errors.js'

/** Parses JSON. Throws ConfigError with file, line and column. */
export function parseJsonFile(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const { line, column } = lineAndColumn(text, errorOffset(text))
    throw new ConfigError(`${path} is not valid JSON: line ${line}, column ${column}.`, {
      at: `${path}:${line}:${column}`,
      hint: 'Repair the file or move it away; it is never overwritten.',
      facts: { file: path, line, column },
    })
  }
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const textBefore = text.slice(0, offset)
  return { line: textBefore.split('\n').length, column: offset - textBefore.lastIndexOf('\n') }
}

const literals = ['true', 'false', 'null']

/** Returns the offset of the first character that violates RFC 8259; the end of the text if it is incomplete. */
function errorOffset(text: string): number {
  let position = 0
  const openContainers: ('{' | '[')[] = []
  const skipBlanks = () => {
    while (position < text.length && ' \t\n\r'.includes(text.charAt(position))) position++
  }
  /** Returns false if there is no valid string at the position. */
  const skipString = (): boolean => {
    if (text.charAt(position) !== '"') return false
    for (position++; position < text.length && text.charCodeAt(position) >= 0x20; position++) {
      const character = text.charAt(position)
      if (character === '"') {
        position++
        return true
      }
      if (character !== '\\') continue
      position++
      if (text.charAt(position) === 'u' && /^[0-9A-Fa-f]{4}$/.test(text.slice(position + 1, position + 5)))
        position += 4
      else if (!'"\\/bfnrt'.includes(text.charAt(position)) || position >= text.length) return false
    }
    return false
  }
  /** Skips a member's name and colon. Returns false if they are missing or invalid. */
  const skipKey = (): boolean => {
    skipBlanks()
    if (!skipString()) return false
    skipBlanks()
    if (text.charAt(position) !== ':') return false
    position++
    return true
  }
  for (;;) {
    skipBlanks()
    const character = text.charAt(position)
    if (character === '{' || character === '[') {
      openContainers.push(character)
      position++
      skipBlanks()
      const isEmpty = text.charAt(position) === (character === '{' ? '}' : ']')
      if (!isEmpty) {
        if (character === '{' && !skipKey()) return position
        continue
      }
    } else if (character === '"') {
      if (!skipString()) return position
    } else {
      const literal = literals.find((word) => text.startsWith(word, position))
      const length =
        literal?.length ??
        /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(position, position + 400))?.[0].length
      if (length === undefined) return position
      position += length
    }
    for (;;) {
      skipBlanks()
      const container = openContainers.at(-1)
      if (container === undefined) return position
      const character = text.charAt(position)
      if (character === ',') {
        position++
        if (container === '{' && !skipKey()) return position
        break
      }
      if (character !== (container === '{' ? '}' : ']')) return position
      openContainers.pop()
      position++
    }
  }
}
