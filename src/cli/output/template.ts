/** `--template '{{name}}\t{{attributes.occi.compute.cores}}'`: placeholders and a few escapes, no language. */
import { UsageError } from '../../errors/errors.js'
import { cellText, cellValue } from './cell.js'
import { findColumn, type Known } from './columns.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Column, OutputRecord, View } from './types.js'

/** Formats one record; adds a line break unless the template ends in one. Throws UsageError. */
export type Template = (record: OutputRecord, view: View) => string

export function compileTemplate(text: string, known: Known): Template {
  const parts = parse(text, known)
  const last = parts.at(-1)
  const end = typeof last === 'string' && last.endsWith('\n') ? '' : '\n'
  return (record, view) => {
    let line = ''
    for (const part of parts) {
      if (typeof part === 'string') line += part
      else {
        const value = cellText(cellValue(record, part))
        // Also in a pipe, because a line break in a value would look like another record.
        line += view.terminal ? sanitize(value) : sanitizeLine(value)
      }
    }
    return line + end
  }
}

type Part = string | Column

function parse(text: string, known: Known): readonly Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{{', at)
    if (open < 0) {
      parts.push(resolveEscapes(text.slice(at)))
      break
    }
    if (open > at) parts.push(resolveEscapes(text.slice(at, open)))
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
    parts.push(findColumn(name, known, '--template'))
    at = close + 2
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
