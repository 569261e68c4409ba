/**
 * Prints a list as a table with a row for each record. The first rows determine the column widths for all
 * rows.
 */
import { cellRole, cellText, shownValue } from './cell.js'
import { sanitize } from './sanitize.js'
import { columnGap, createLayout, type TableCell } from './table-layout.js'
import type { Column, OutputRecord, Sheet, View } from './types.js'
import { displayWidth, truncate } from './width.js'

/**
 * The number of rows that determine the widths, and the milliseconds to wait for them before the first row is
 * printed.
 */
const sample = { rows: 200, milliseconds: 300 }

const narrowest = 4

export async function* listTable(sheet: Sheet, view: View): AsyncGenerator<string> {
  const { columns } = sheet
  const textsOf = (record: OutputRecord) => columns.map((column) => textOf(record, column))
  const iterator = sheet.records[Symbol.asyncIterator]()
  try {
    const { records, pending } = await takeSample(iterator)
    if (records.length === 0) return
    const rows = records.map(textsOf)
    const headings = columns.map((column) => sanitize(column.heading))
    const { widths, fits } = measure(sheet.header ? [headings, ...rows] : rows, columns, view)
    const layOut = await createLayout(view.color, columns)
    const cut = (texts: readonly string[]) => texts.map((text, index) => truncate(text, widths[index] ?? 0))
    const painted = (texts: readonly string[]) =>
      texts.map((text, index) => ({ text, role: roleOf(text, columns[index]) }))
    if (sheet.header) yield layOut([cut(headings).map(heading)], widths)
    yield layOut(
      rows.map((texts) => painted(cut(texts))),
      widths,
    )
    for (let next = await pending; next.done !== true; next = await iterator.next()) {
      const texts = textsOf(next.value)
      // A wider row is printed in full if its line still fits the terminal.
      yield fits(texts)
        ? layOut([painted(texts)], widest([texts], widths))
        : layOut([painted(cut(texts))], widths)
    }
  } finally {
    await iterator.return?.()
  }
}

function textOf(record: OutputRecord, column: Column): string {
  return sanitize(cellText(shownValue(record, column))) || absent
}

const absent = '-'

function heading(text: string): TableCell {
  return { text, role: 'heading' }
}

function roleOf(text: string, column: Column | undefined): TableCell['role'] {
  return text === absent ? 'secondary' : cellRole(column, text)
}

interface Measured {
  readonly widths: readonly number[]
  /**
   * Whether a row can be printed in full. If a column was narrowed no row is, so that all rows stay aligned.
   */
  readonly fits: (texts: readonly string[]) => boolean
}

function measure(rows: readonly (readonly string[])[], columns: readonly Column[], view: View): Measured {
  const natural = widest(
    rows,
    columns.map(() => 1),
  )
  const limit = view.width ?? Number.POSITIVE_INFINITY
  const gaps = columnGap.length * (columns.length - 1)
  const widths = shrink(natural, columns, limit - gaps)
  const wasCut = widths.some((width, index) => width < (natural[index] ?? 0))
  // The last column is not padded.
  const padded = widths.map((width, index) => (index === columns.length - 1 ? 0 : width))
  return {
    widths,
    fits: (texts) =>
      !wasCut &&
      (limit === Number.POSITIVE_INFINITY ||
        widest([texts], padded).reduce((sum, width) => sum + width, gaps) <= limit),
  }
}

/** The width of the widest cell in each column, and at least the given minimum. */
function widest(rows: readonly (readonly string[])[], least: readonly number[]): readonly number[] {
  const widths = [...least]
  for (const texts of rows) {
    for (const [index, text] of texts.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(text))
    }
  }
  return widths
}

/**
 * Narrows columns to the available space: first prose, then ids, whose beginning is accepted where it is
 * unique, then names, then all. What still does not fit is wrapped by the terminal.
 */
function shrink(natural: readonly number[], columns: readonly Column[], space: number): readonly number[] {
  const keys = columns.map(({ key }) => key)
  const prose = keys.map((key) => !precious.has(key) && !named.has(key))
  const ids = keys.map((key) => key === 'id')
  const names = keys.map((key) => named.has(key))
  const all = keys.map(() => true)
  const withoutProse = squeeze(natural, space, 12, prose)
  const withShortIds = squeeze(withoutProse, space, 9, ids)
  return squeeze(squeeze(withShortIds, space, 12, names), space, narrowest, all)
}

const precious: ReadonlySet<string> = new Set([
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
const named: ReadonlySet<string> = new Set(['id', 'name', 'source', 'target', 'machine', 'network', 'term'])

/** Narrows the widest of the given columns (the last of several) until all fit or have the width `floor`. */
function squeeze(
  natural: readonly number[],
  space: number,
  floor: number,
  giving: readonly boolean[],
): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) - space
  while (excess > 0) {
    const candidates = widths.filter((_, index) => giving[index])
    const widest = Math.max(0, ...candidates)
    if (widest <= floor) break
    const next = Math.max(floor, ...candidates.filter((width) => width < widest))
    const equals = candidates.filter((width) => width === widest).length
    // Columns of equal width are narrowed equally.
    const taken = Math.min(widest - next, Math.max(1, Math.floor(excess / equals)), excess)
    widths[widths.findLastIndex((width, index) => width === widest && giving[index])] = widest - taken
    excess -= taken
  }
  return widths
}

interface Sample {
  readonly records: readonly OutputRecord[]
  /** The result that was pending when the sample was complete. */
  readonly pending: Promise<IteratorResult<OutputRecord>>
}

/**
 * The records that arrive soon after the first one. A slow source (a request per row) delays output only
 * briefly.
 */
async function takeSample(iterator: AsyncIterator<OutputRecord>): Promise<Sample> {
  const records: OutputRecord[] = []
  let pending = iterator.next()
  const first = await pending
  if (first.done === true) return { records, pending }
  records.push(first.value)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, sample.milliseconds, 'late')
  })
  for (;;) {
    pending = iterator.next()
    if (records.length >= sample.rows) break
    const arrived = await Promise.race([pending, late])
    if (arrived === 'late' || arrived.done === true) break
    records.push(arrived.value)
  }
  clearTimeout(timer)
  return { records, pending }
}
