/** One thing, key by key. The only module that loads cli-table3. */
import type { Table as TableType } from 'cli-table3'
import { cellText, cellValue } from './cell.js'
import { createPaint, type Paint, stateTint } from './paint.js'
import { sanitize, sanitizeLines } from './sanitize.js'
import type { Column, Sheet, View } from './types.js'
import { displayWidth } from './width.js'

export async function* recordTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const { default: Table } = await import('cli-table3')
  const paint = await createPaint(view.color)
  const headings = sheet.columns.map((column) => sanitize(column.heading))
  const headingWidth = headings.reduce((widest, heading) => Math.max(widest, displayWidth(heading)), 1) + gap
  // Long values are wrapped, never cut: this is the view that shows all.
  const valueWidth = view.width === undefined ? undefined : Math.max(20, view.width - headingWidth)
  let before = ''
  for await (const record of sheet.records) {
    const table: TableType = new Table({
      chars: noBorders,
      // Its defaults print grey borders and red heads even in a pipe.
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      wordWrap: true,
      wrapOnWordBoundary: false,
      ...(valueWidth === undefined ? {} : { colWidths: [headingWidth, valueWidth] }),
    })
    for (const [index, column] of sheet.columns.entries()) {
      const value = cellValue(record, column)
      if (value === undefined || value === null || value === '') continue
      table.push([paint('dim', (headings[index] ?? '').padEnd(headingWidth)), shown(value, column, paint)])
    }
    yield `${before}${table.toString().replace(/[ \t]+$/gm, '')}\n`
    before = '\n'
  }
}

const gap = 2

function shown(value: unknown, column: Column, paint: Paint): string {
  const text = lines(value).join('\n')
  if (column.style === 'state') return paint(stateTint(text), text)
  if (column.style === 'name') return paint('bold', text)
  return column.style === 'dim' ? paint('dim', text) : text
}

/** A list has an item a line, an object `key = value` a line. */
function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item) => sanitize(cellText(item)))
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return entries.map(([key, item]) => `${sanitize(String(key))} = ${sanitize(cellText(item))}`)
  }
  return [sanitizeLines(cellText(value))]
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
