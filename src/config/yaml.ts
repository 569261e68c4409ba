/** The only module in this folder that loads the YAML parser, when there is a file to parse. */
import { ConfigError } from '../errors/errors.js'

/** Parses YAML to plain data. Throws ConfigError with file, line and column, and without quoting the text. */
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
  // The package needs seconds to describe a few hundred nested complex keys (`? ? ? …`), so they are refused.
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
    // The limit on aliases stops alias bombs; these files need none.
    return document.toJS({ maxAliasCount: 50 })
  } catch {
    throw new ConfigError(`${file} is not usable YAML: too many aliases.`, { at: file })
  }
}
