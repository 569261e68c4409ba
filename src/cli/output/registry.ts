/** The registry of output formats. A new one is one file in formats/ and one line here. */
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

/** Whether standard error is read by a program, too: with -o json and its kin. */
export function errorsAsJson(format: string | undefined): boolean {
  return formatNamed(format ?? '')?.errors === 'json'
}

/** A format by name or alias. */
export function formatNamed(name: string, formats = outputFormats): OutputFormat | undefined {
  const wanted = name.trim().toLowerCase()
  return formats.find((format) => format.name === wanted || format.aliases?.includes(wanted))
}

/** By name or alias, among those of the command. Throws UsageError. */
export function findFormat(name: string, formats = outputFormats): OutputFormat {
  const found = formatNamed(name, formats)
  if (found !== undefined) return found
  const names = formats.map((format) => format.name)
  const elsewhere = formats !== outputFormats && formatNamed(name) !== undefined
  throw new UsageError(`There is no output format "${name}"${elsewhere ? ' for this command' : ''}`, {
    at: '--output',
    hint: suggestion(name, names, 'Formats'),
    facts: { formats: names },
  })
}
