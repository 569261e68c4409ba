/** Parses settings files in YAML to plain data. */
import { ConfigError } from '../errors/errors.js'
import { parseYaml as parse, UnreadableYamlError } from '../files/index.js'

/** Parses YAML to plain data. Throws ConfigError with file, line and column, and without quoting the text. */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  try {
    return await parse(text, { repeatedKeys: 'refuse' })
  } catch (cause) {
    if (!(cause instanceof UnreadableYamlError)) throw cause
    const { reason, line, column } = cause
    const place = `line ${line}${column === undefined ? '' : `, column ${column}`}`
    if (reason !== 'syntax' && reason !== 'repeated key') {
      throw new ConfigError(`${file} is not usable YAML: ${reasonTexts[reason]}.`, { at: file })
    }
    const position = [line, column].filter((number) => number !== undefined)
    const isRepeated = reason === 'repeated key'
    throw new ConfigError(`${file} ${isRepeated ? 'contains a key twice' : 'is not valid YAML'}: ${place}.`, {
      at: [file, ...position].join(':'),
      hint: isRepeated
        ? 'Remove one of the two.'
        : 'Put quotes around a value that contains ": " or " #", or ends in ":", such as "sandbox:".',
      facts: { file, line, column },
    })
  }
}

const reasonTexts = {
  'key is not plain text': 'a key is not plain text',
  'too deep': 'it is nested too deeply',
  'too long': 'it has too many parts',
  'too many aliases': 'too many aliases',
  'alias of nothing': 'an alias refers to nothing',
} as const
