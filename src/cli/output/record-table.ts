/** Prints one record as lines of key and value. */
import { cellRole, cellText, shownValue } from './cell.js'
import { sanitize, sanitizeLines } from './sanitize.js'
import { columnGap, createLayout, type TableCell } from './table-layout.js'
import type { Sheet, View } from './types.js'
import { displayWidth, wrap } from './width.js'

export async function* recordTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const layOut = await createLayout(view.color, [{}, {}])
  const sections = new Set(sheet.columns.map(({ section }) => section))
  let before = ''
  for await (const record of sheet.records) {
    for (const section of sections) {
      const fields = sheet.columns
        .filter((column) => column.section === section)
        .map((column) => ({ column, heading: sanitize(column.heading), value: shownValue(record, column) }))
        .filter(({ value }) => !isNothing(value))
      if (fields.length === 0) continue
      const indent = section === undefined ? '' : '  '
      const rows: TableCell[][] = section === undefined ? [] : [[labelled(section), labelled('')]]
      // Each section has its own width, since the names of attributes are long.
      const labelWidth = fields.reduce(
        (widest, { heading }) => Math.max(widest, indent.length + displayWidth(heading)),
        section?.length ?? 0,
      )
      // Long values are wrapped and never truncated, since this view shows everything.
      const room =
        view.width === undefined
          ? Number.POSITIVE_INFINITY
          : Math.max(20, view.width - labelWidth - columnGap.length)
      for (const { column, heading, value } of fields) {
        const wrapped = lines(value).flatMap((line) => wrap(line, room))
        rows.push(
          ...wrapped.map((text, index) => [
            labelled(index === 0 ? indent + heading : ''),
            { text, role: cellRole(column, text) },
          ]),
        )
      }
      yield before + withoutTrailingSpaces(layOut(rows, [labelWidth, room]))
      before = ''
    }
    before = '\n'
  }
}

function labelled(text: string): TableCell {
  return { text, role: 'label' }
}

function withoutTrailingSpaces(lines: string): string {
  return lines
    .split('\n')
    .map((line) => line.slice(0, endOf(line)))
    .join('\n')
}

/** Not a regular expression, which takes quadratic time for a line of many spaces. */
function endOf(line: string): number {
  let end = line.length
  while (line[end - 1] === ' ') end--
  return end
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Prints a list with one item per line and an object with one `key = value` per line. */
function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item) => sanitize(cellText(item)))
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return entries.map(([key, item]) => `${sanitize(String(key))} = ${sanitize(cellText(item))}`)
  }
  return sanitizeLines(cellText(value)).split('\n')
}
