/** Prints records one after another, each as lines of heading and value. */
import { cellRole, cellText, displayedValue } from './cell.js'
import { sanitize, sanitizeLines } from './sanitize.js'
import { columnGap, createLayout, type TableCell } from './table-layout.js'
import type { Sheet, View } from './types.js'
import { displayWidth, wrap } from './width.js'

export async function* recordTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const layOut = await createLayout(view.color, [{}, {}])
  const sections = new Set(sheet.columns.map(({ section }) => section))
  let separator = ''
  for await (const record of sheet.records) {
    for (const section of sections) {
      const fields = sheet.columns
        .filter((column) => column.section === section)
        .map((column) => ({
          column,
          heading: sanitize(column.heading),
          value: displayedValue(record, column),
        }))
        .filter(({ value }) => !isEmpty(value))
      if (fields.length === 0) continue
      const indent = section === undefined ? '' : '  '
      const rows: TableCell[][] = section === undefined ? [] : [[labelled(section), labelled('')]]
      // Each section has its own width, since the names of attributes are long.
      const labelWidth = fields.reduce(
        (widest, { heading }) => Math.max(widest, indent.length + displayWidth(heading)),
        section?.length ?? 0,
      )
      // Long values are wrapped instead of truncated, since this view shows everything.
      const valueWidth =
        view.width === undefined
          ? Number.POSITIVE_INFINITY
          : Math.max(20, view.width - labelWidth - columnGap.length)
      for (const { column, heading, value } of fields) {
        const wrapped = valueLines(value).flatMap((line) => wrap(line, valueWidth))
        rows.push(
          ...wrapped.map((text, index) => [
            labelled(index === 0 ? indent + heading : ''),
            { text, role: cellRole(column, text) },
          ]),
        )
      }
      yield separator + withoutTrailingSpaces(layOut(rows, [labelWidth, valueWidth]))
      separator = ''
    }
    separator = '\n'
  }
}

function labelled(text: string): TableCell {
  return { text, role: 'label' }
}

function withoutTrailingSpaces(lines: string): string {
  return lines
    .split('\n')
    .map((line) => line.slice(0, trimmedLength(line)))
    .join('\n')
}

/** The length of a line without trailing spaces. A regular expression would take quadratic time for many spaces. */
function trimmedLength(line: string): number {
  let end = line.length
  while (line[end - 1] === ' ') end--
  return end
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** The lines of a value: one per item of a list, and `key = value` per member of an object. */
function valueLines(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item) => sanitize(cellText(item)))
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return entries.map(([key, item]) => `${sanitize(String(key))} = ${sanitize(cellText(item))}`)
  }
  return sanitizeLines(cellText(value)).split('\n')
}
