/** Prints a list as a table with a row for each record. The first rows determine the column widths. */
import { cellRole, cellText, displayedValue } from './cell.js'
import { sanitize } from './sanitize.js'
import { columnGap, createLayout, type TableCell } from './table-layout.js'
import type { Column, OutputRecord, Sheet, View } from './types.js'
import { displayWidth, truncate } from './width.js'

/**
 * The column widths are computed from at most this number of rows, which must arrive within these milliseconds after
 * the first row.
 */
const sampleLimits = { rows: 200, milliseconds: 300 }

/** The widths to which columns may be narrowed, by their content; in the end any column to `any`. */
const minWidths = { freeText: 12, id: 9, name: 12, any: 4 }

export async function* listTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const { columns } = sheet
  const textsOf = (record: OutputRecord) => columns.map((column) => textOf(record, column))
  const iterator = sheet.records[Symbol.asyncIterator]()
  try {
    const { records, pending } = await takeSample(iterator)
    if (records.length === 0) return
    const rows = records.map(textsOf)
    const headings = columns.map((column) => sanitize(column.heading))
    const { widths, fitsInFull } = measure(sheet.header ? [headings, ...rows] : rows, columns, view)
    const layOut = await createLayout(view.color, columns)
    const truncateAll = (texts: readonly string[]) =>
      texts.map((text, index) => truncate(text, widths[index] ?? 0))
    const toCells = (texts: readonly string[]) =>
      texts.map((text, index) => ({ text, role: roleOf(text, columns[index]) }))
    if (sheet.header) yield layOut([truncateAll(headings).map(headingCell)], widths)
    yield layOut(
      rows.map((texts) => toCells(truncateAll(texts))),
      widths,
    )
    for (let next = await pending; next.done !== true; next = await iterator.next()) {
      const texts = textsOf(next.value)
      // A row that exceeds the column widths is printed in full if its line still fits the terminal.
      yield fitsInFull(texts)
        ? layOut([toCells(texts)], widestCells([texts], widths))
        : layOut([toCells(truncateAll(texts))], widths)
    }
  } finally {
    await iterator.return?.()
  }
}

function textOf(record: OutputRecord, column: Column): string {
  return sanitize(cellText(displayedValue(record, column))) || emptyCell
}

const emptyCell = '-'

function headingCell(text: string): TableCell {
  return { text, role: 'heading' }
}

function roleOf(text: string, column: Column | undefined): TableCell['role'] {
  return text === emptyCell ? 'secondary' : cellRole(column, text)
}

/** What the first rows determine about the layout. */
interface Measurements {
  /** The width of each column. */
  readonly widths: readonly number[]
  /** Whether a row may be printed in full. False if a column was narrowed, so that all rows stay aligned. */
  readonly fitsInFull: (texts: readonly string[]) => boolean
}

function measure(rows: readonly (readonly string[])[], columns: readonly Column[], view: View): Measurements {
  const fullWidths = widestCells(
    rows,
    columns.map(() => 1),
  )
  const limit = view.width ?? Number.POSITIVE_INFINITY
  const gaps = columnGap.length * (columns.length - 1)
  const widths = fitToSpace(fullWidths, columns, limit - gaps)
  const isNarrowed = widths.some((width, index) => width < (fullWidths[index] ?? 0))
  // The last column is not padded.
  const paddedWidths = widths.map((width, index) => (index === columns.length - 1 ? 0 : width))
  return {
    widths,
    fitsInFull: (texts) =>
      !isNarrowed &&
      (limit === Number.POSITIVE_INFINITY ||
        widestCells([texts], paddedWidths).reduce((sum, width) => sum + width, gaps) <= limit),
  }
}

/** The width of the widest cell in each column, but at least the minimum of that column. */
function widestCells(rows: readonly (readonly string[])[], minimum: readonly number[]): readonly number[] {
  const widths = [...minimum]
  for (const texts of rows) {
    for (const [index, text] of texts.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(text))
    }
  }
  return widths
}

/**
 * Narrows columns to the available space: first free text, then ids (commands accept the beginning of an id), then
 * names, then all columns. The terminal wraps lines that are still too long.
 */
function fitToSpace(
  fullWidths: readonly number[],
  columns: readonly Column[],
  space: number,
): readonly number[] {
  const keys = columns.map(({ key }) => key)
  const isFreeText = keys.map((key) => !lastNarrowedColumns.has(key) && !nameColumns.has(key))
  const isId = keys.map((key) => key === 'id')
  const isName = keys.map((key) => nameColumns.has(key))
  const isAny = keys.map(() => true)
  let widths = narrow(fullWidths, space, minWidths.freeText, isFreeText)
  widths = narrow(widths, space, minWidths.id, isId)
  widths = narrow(widths, space, minWidths.name, isName)
  return narrow(widths, space, minWidths.any, isAny)
}

/** Columns that are narrowed after all other columns. */
const lastNarrowedColumns: ReadonlySet<string> = new Set([
  'state',
  'ip',
  'ips',
  'address',
  'url',
  'time',
  'auth',
  'kind',
  'image',
  'size',
  'command',
  'outcome',
])
/** Columns with ids and names, which are narrowed after free text. */
const nameColumns: ReadonlySet<string> = new Set([
  'id',
  'name',
  'source',
  'target',
  'machine',
  'network',
  'term',
])

/** Narrows the widest shrinkable column, the last of several, until all columns fit or have the minimum width. */
function narrow(
  initialWidths: readonly number[],
  space: number,
  minimum: number,
  isShrinkable: readonly boolean[],
): readonly number[] {
  const widths = [...initialWidths]
  let excess = widths.reduce((sum, width) => sum + width, 0) - space
  while (excess > 0) {
    const candidates = widths.filter((_, index) => isShrinkable[index])
    const widest = Math.max(0, ...candidates)
    if (widest <= minimum) break
    const secondWidest = Math.max(minimum, ...candidates.filter((width) => width < widest))
    const widestCount = candidates.filter((width) => width === widest).length
    // Columns of equal width are narrowed equally.
    const reduction = Math.min(widest - secondWidest, Math.max(1, Math.floor(excess / widestCount)), excess)
    const index = widths.findLastIndex((width, position) => width === widest && isShrinkable[position])
    widths[index] = widest - reduction
    excess -= reduction
  }
  return widths
}

interface Sample {
  readonly records: readonly OutputRecord[]
  /** The next result, which was still pending when the sample was complete. */
  readonly pending: Promise<IteratorResult<OutputRecord>>
}

/**
 * Collects the records that arrive soon after the first one, so that a slow source (one request per row)
 * delays the output only briefly.
 */
async function takeSample(iterator: AsyncIterator<OutputRecord>): Promise<Sample> {
  const records: OutputRecord[] = []
  let pending = iterator.next()
  const first = await pending
  if (first.done === true) return { records, pending }
  records.push(first.value)
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, sampleLimits.milliseconds, 'late')
  })
  for (;;) {
    pending = iterator.next()
    if (records.length >= sampleLimits.rows) break
    const arrived = await Promise.race([pending, timeout])
    if (arrived === 'late' || arrived.done === true) break
    records.push(arrived.value)
  }
  clearTimeout(timer)
  return { records, pending }
}
