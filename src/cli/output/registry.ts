/** The registry of output formats. To add one, add a file to formats/ and a line here. */
import { UsageError } from '../../errors/errors.js'
import { csvFormat } from './formats/csv.js'
import { envFormat } from './formats/env.js'
import { jsonFormat } from './formats/json.js'
import { jsonlFormat } from './formats/jsonl.js'
import { idFormat, ipFormat, nameFormat, urlFormat } from './formats/members.js'
import { pairsFormat } from './formats/pairs.js'
import { occiJsonFormat, textOcciFormat, textPlainFormat } from './formats/renderings.js'
import { tableFormat } from './formats/table.js'
import { tsvFormat } from './formats/tsv.js'
import { valueFormat } from './formats/value.js'
import { wideFormat } from './formats/wide.js'
import { yamlFormat } from './formats/yaml.js'
import { suggestion } from './suggest.js'
import type { OutputFormat } from './types.js'

export const outputFormats: readonly OutputFormat[] = [
  tableFormat,
  wideFormat,
  jsonFormat,
  jsonlFormat,
  yamlFormat,
  csvFormat,
  tsvFormat,
  nameFormat,
  idFormat,
  urlFormat,
  ipFormat,
  valueFormat,
  envFormat,
  pairsFormat,
  textPlainFormat,
  textOcciFormat,
  occiJsonFormat,
]

/** Whether errors are printed as JSON, because a program reads the output (-o json, jsonl). */
export function printsErrorsAsJson(format: string | undefined): boolean {
  return formatNamed(format ?? '')?.errors === 'json'
}

/** Finds a format by name or alias. */
export function formatNamed(name: string, formats = outputFormats): OutputFormat | undefined {
  const lowerCaseName = name.trim().toLowerCase()
  return formats.find((format) => format.name === lowerCaseName || format.aliases?.includes(lowerCaseName))
}

/** Finds a format by name or alias among those of a command. Throws UsageError if there is none. */
export function findFormat(name: string, formats = outputFormats): OutputFormat {
  const format = formatNamed(name, formats)
  if (format !== undefined) return format
  const names = formats.map((candidate) => candidate.name)
  const existsForOthers = formats !== outputFormats && formatNamed(name) !== undefined
  throw new UsageError(`Unknown output format "${name}"${existsForOthers ? ' for this command' : ''}`, {
    at: '--output',
    hint: suggestion(name, names, 'Formats'),
    facts: { formats: names },
  })
}
