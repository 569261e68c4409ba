/** `--template '{{name}}\t{{attributes.occi.compute.cores}}'`: placeholders and escapes, but no expressions. */
import { UsageError } from '../../errors/errors.js'
import { cellText, cellValue } from './cell.js'
import { findColumn, type KnownRecords } from './columns.js'
import { sanitize, sanitizeKeepingJoiners } from './sanitize.js'
import type { Column, OutputRecord, View } from './types.js'

/** Formats one record and ends it with a line break. */
export type Template = (record: OutputRecord, view: View) => string

/** Returns a function that formats records. Throws UsageError for invalid placeholders and unknown columns. */
export function compileTemplate(text: string, knownRecords: KnownRecords): Template {
  const parts = parseTemplate(text, knownRecords)
  const last = parts.at(-1)
  const lineEnd = typeof last === 'string' && last.endsWith('\n') ? '' : '\n'
  return (record, view) => {
    let line = ''
    for (const part of parts) {
      if (typeof part === 'string') line += part
      else {
        const value = cellText(cellValue(record, part))
        // Values are also escaped in a pipe, because a line break in a value would look like another record.
        line += view.terminal ? sanitize(value) : sanitizeKeepingJoiners(value)
      }
    }
    return line + lineEnd
  }
}

type Part = string | Column

function parseTemplate(text: string, knownRecords: KnownRecords): readonly Part[] {
  const parts: Part[] = []
  let position = 0
  while (position < text.length) {
    const open = text.indexOf('{{', position)
    if (open < 0) {
      parts.push(resolveEscapes(text.slice(position)))
      break
    }
    if (open > position) parts.push(resolveEscapes(text.slice(position, open)))
    const close = text.indexOf('}}', open + 2)
    const name = close < 0 ? '' : text.slice(open + 2, close).trim()
    if (name === '') {
      throw new UsageError(
        close < 0
          ? `The placeholder that opens at character ${open + 1} of the template is not closed`
          : `The placeholder at character ${open + 1} of the template is empty`,
        { at: '--template', hint: "Write placeholders as {{name}}, e.g. --template '{{name}} {{state}}'." },
      )
    }
    parts.push(findColumn(name, knownRecords, '--template'))
    position = close + 2
  }
  return parts
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  '{': '{',
}

function resolveEscapes(text: string): string {
  return text.replace(/\\([ntr0\\{])/g, (_, letter: string) => escapes[letter] ?? letter)
}
