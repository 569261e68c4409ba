/** The one place in this room that loads the YAML parser, and only when there is a file to read. */
import { ConfigError } from '../errors/errors.js'

/** Plain data. Throws ConfigError with file, line and column, without quoting the text. */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  const { isScalar, LineCounter, parseDocument, visit } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new ConfigError(`${file} is not valid YAML: line ${line}, column ${col}.`, {
      at: `${file}:${line}:${col}`,
      facts: { file, line, column: col },
    })
  }
  // A few hundred keys within keys (`? ? ? …`) keep the package busy for seconds when it names them.
  let nested = false
  visit(document, {
    Pair: (_, { key }) => {
      if (key === null || isScalar(key)) return undefined
      nested = true
      return visit.BREAK
    },
  })
  if (nested) throw new ConfigError(`${file} is not usable YAML: a key is no plain text.`, { at: file })
  try {
    // Few aliases: nobody needs them here, and many of them are a bomb.
    return document.toJS({ maxAliasCount: 50 })
  } catch {
    throw new ConfigError(`${file} is not usable YAML: too many aliases.`, { at: file })
  }
}
