/**
 * A table that starts printing at once: widths are measured on the rows that come first, then rows flow.
 * (cli-table3 lays out everything before it prints; 10,000 rows take it two seconds.)
 */
import { cellText, cellValue } from './cell.js'
import { createPaint, type Paint, stateTint } from './paint.js'
import { sanitize } from './sanitize.js'
import type { Column, OutputRecord, Sheet, View } from './types.js'
import { displayWidth, padding, truncate } from './width.js'

/** Rows that are looked at, and milliseconds that are waited for them, before the first is printed. */
const sample = { rows: 200, milliseconds: 300 }

const gap = '  '
const narrowest = 4

export async function* listTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const { columns } = sheet
  const paint = await createPaint(view.color)
  const row = (record: OutputRecord) => columns.map((column) => cell(record, column))
  let layout: Layout | undefined
  for await (const records of batches(sheet.records)) {
    const rows = records.map(row)
    let text = ''
    if (layout === undefined) {
      const headings = columns.map((column) => sanitize(column.heading))
      layout = measure(sheet.header ? [headings, ...rows] : rows, columns, view)
      if (sheet.header) text += line(headings, layout, (_, heading) => paint('bold', heading))
    }
    for (const cells of rows) text += line(cells, layout, painter(columns, paint))
    yield text
  }
}

interface Layout {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  /** Of the terminal. */
  readonly limit: number
}

function cell(record: OutputRecord, column: Column): string {
  return sanitize(cellText(cellValue(record, column))) || '-'
}

function measure(rows: readonly (readonly string[])[], columns: readonly Column[], view: View): Layout {
  const natural = columns.map((_, index) =>
    rows.reduce((widest, cells) => Math.max(widest, displayWidth(cells[index] ?? '')), 1),
  )
  const limit = view.width ?? Number.POSITIVE_INFINITY
  return { columns, widths: shrink(natural, limit - gap.length * (columns.length - 1)), limit }
}

/** Takes from the widest column, again and again, until the rest fits or all are at their narrowest. */
function shrink(natural: readonly number[], space: number): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) - space
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    const index = widths.lastIndexOf(widest)
    const next = Math.max(narrowest, ...widths.filter((width) => width < widest))
    const taken = Math.max(1, Math.min(excess, widest - next))
    widths[index] = widest - taken
    excess -= taken
  }
  return widths
}

/** Pads before painting: colours take no room. A row that came late may be wider than what was measured. */
function line(
  cells: readonly string[],
  layout: Layout,
  paintCell: (index: number, text: string) => string,
): string {
  const { widths, columns, limit } = layout
  const fits = limit === Number.POSITIVE_INFINITY || lineWidth(cells, widths) <= limit
  let text = ''
  for (const [index, whole] of cells.entries()) {
    const width = widths[index] ?? 0
    const shown = fits ? whole : truncate(whole, width)
    const painted = paintCell(index, shown)
    const last = index === cells.length - 1
    if (columns[index]?.align === 'right') text += padding(shown, width) + painted + (last ? '' : gap)
    else text += last ? painted : painted + padding(shown, width) + gap
  }
  return `${text}\n`
}

function lineWidth(cells: readonly string[], widths: readonly number[]): number {
  const last = cells.length - 1
  return cells.reduce(
    (sum, text, index) => sum + Math.max(displayWidth(text), index === last ? 0 : (widths[index] ?? 0)),
    gap.length * last,
  )
}

function painter(columns: readonly Column[], paint: Paint): (index: number, text: string) => string {
  return (index, text) => {
    if (text === '-') return paint('dim', text)
    const style = columns[index]?.style
    if (style === 'state') return paint(stateTint(text), text)
    if (style === 'name') return paint('bold', text)
    return style === 'dim' ? paint('dim', text) : text
  }
}

/**
 * The first batch is what arrives within the sample; then records are passed on in groups that are ready
 * together. A slow source (one request per row) never holds back rows that are there.
 */
async function* batches(records: AsyncIterable<OutputRecord>): AsyncGenerator<readonly OutputRecord[]> {
  const iterator = records[Symbol.asyncIterator]()
  let batch: OutputRecord[] = []
  let patience: Promise<'late'> | undefined = later(sample.milliseconds)
  try {
    for (;;) {
      const next = iterator.next()
      let arrived = await Promise.race([next, patience ?? later(0)])
      if (arrived === 'late') {
        if (batch.length > 0) {
          yield batch
          batch = []
          patience = undefined
        }
        arrived = await next
        if (patience !== undefined) patience = later(sample.milliseconds)
      }
      if (arrived.done === true) break
      batch.push(arrived.value)
      if (batch.length >= sample.rows) {
        yield batch
        batch = []
        patience = undefined
      }
    }
    if (batch.length > 0) yield batch
  } finally {
    await iterator.return?.()
  }
}

function later(milliseconds: number): Promise<'late'> {
  return new Promise((resolve) => {
    if (milliseconds === 0) setImmediate(resolve, 'late')
    else setTimeout(resolve, milliseconds, 'late').unref()
  })
}
