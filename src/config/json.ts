/** Parses JSON files. Errors name the position, but do not quote the text, unlike Node's, since it may contain secrets. */
import { ConfigError } from '../errors/errors.js'

/** Parses JSON. Throws ConfigError with file, line and column, and without quoting the content. */
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
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

const LITERALS = ['true', 'false', 'null']

/** Offset of the first character that violates RFC 8259, or the end of the text if it is incomplete. */
function errorOffset(text: string): number {
  let at = 0
  const open: ('{' | '[')[] = []
  const skipBlanks = () => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  }
  const string = (): boolean => {
    if (text.charAt(at) !== '"') return false
    for (at++; at < text.length && text.charCodeAt(at) >= 0x20; at++) {
      const char = text.charAt(at)
      if (char === '"') {
        at++
        return true
      }
      if (char !== '\\') continue
      at++
      if (text.charAt(at) === 'u' && /^[0-9A-Fa-f]{4}$/.test(text.slice(at + 1, at + 5))) at += 4
      else if (!'"\\/bfnrt'.includes(text.charAt(at)) || at >= text.length) return false
    }
    return false
  }
  const key = (): boolean => {
    skipBlanks()
    if (!string()) return false
    skipBlanks()
    if (text.charAt(at) !== ':') return false
    at++
    return true
  }
  for (;;) {
    skipBlanks()
    const char = text.charAt(at)
    if (char === '{' || char === '[') {
      open.push(char)
      at++
      skipBlanks()
      const empty = text.charAt(at) === (char === '{' ? '}' : ']')
      if (!empty) {
        if (char === '{' && !key()) return at
        continue
      }
    } else if (char === '"') {
      if (!string()) return at
    } else {
      const literal = LITERALS.find((word) => text.startsWith(word, at))
      const length =
        literal?.length ?? /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at, at + 400))?.[0].length
      if (length === undefined) return at
      at += length
    }
    for (;;) {
      skipBlanks()
      const container = open.at(-1)
      if (container === undefined) return at
      const next = text.charAt(at)
      if (next === ',') {
        at++
        if (container === '{' && !key()) return at
        break
      }
      if (next !== (container === '{' ? '}' : ']')) return at
      open.pop()
      at++
    }
  }
}
