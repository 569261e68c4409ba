/** One thing, key by key. The only module that loads cli-table3. */
import type { Table as TableType } from 'cli-table3'
import { cellText, cellValue } from './cell.js'
import { createPaint, stateTint, type Tint } from './paint.js'
import { sanitize, sanitizeLines } from './sanitize.js'
import type { Column, Sheet, View } from './types.js'
import { displayWidth, padding, wrap } from './width.js'

export async function* recordTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const { default: Table } = await import('cli-table3')
  const paint = await createPaint(view.color)
  let before = ''
  for await (const record of sheet.records) {
    const fields = sheet.columns
      .map((column) => ({ column, heading: sanitize(column.heading), value: cellValue(record, column) }))
      .filter(({ value }) => !isNothing(value))
    const headingWidth =
      fields.reduce((widest, { heading }) => Math.max(widest, displayWidth(heading)), 0) + gap
    const table: TableType = new Table({
      chars: noBorders,
      // Its defaults print grey borders and red heads even in a pipe.
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    })
    // Long values are wrapped, never cut: this is the view that shows all.
    const room = view.width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, view.width - headingWidth)
    for (const { column, heading, value } of fields) {
      table.push([
        paint('dim', heading) + padding(heading, headingWidth),
        // Wrapped before it is painted: the table's own wrapping counts escapes as text.
        lines(value)
          .flatMap((line) => wrap(line, room))
          .map((line) => paint(tintOf(line, column), line))
          .join('\n'),
      ])
    }
    if (fields.length > 0) yield `${before}${table.toString().replace(trailing, '')}\n`
    before = '\n'
  }
}

const gap = 2

/** The table pads each cell; nobody wants spaces at the end of a line. */
const trailing = / +$/gm

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function tintOf(text: string, column: Column): Tint {
  if (column.style === 'state') return stateTint(text)
  if (column.style === 'name') return 'bold'
  return column.style === 'dim' ? 'dim' : 'plain'
}

/** A list has an item a line, an object `key = value` a line. */
function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item) => sanitize(cellText(item)))
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return entries.map(([key, item]) => `${sanitize(String(key))} = ${sanitize(cellText(item))}`)
  }
  return sanitizeLines(cellText(value)).split('\n')
}

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((place) => [place, '']),
)
