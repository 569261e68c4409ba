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
  const painted = painter(columns, paint)
  const row = (record: OutputRecord) => columns.map((column) => cell(record, column))
  const iterator = sheet.records[Symbol.asyncIterator]()
  try {
    const { records, pending } = await takeSample(iterator)
    const rows = records.map(row)
    if (rows.length === 0) return
    const headings = columns.map((column) => sanitize(column.heading))
    const layout = measure(sheet.header ? [headings, ...rows] : rows, columns, view)
    if (sheet.header) yield line(headings, layout, (_, heading) => paint('bold', heading))
    for (const cells of rows) yield line(cells, layout, painted)
    for (let next = await pending; next.done !== true; next = await iterator.next()) {
      yield line(row(next.value), layout, painted)
    }
  } finally {
    await iterator.return?.()
  }
}

interface Layout {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  /** Of the terminal. */
  readonly limit: number
  /** Some column had to give way: then every cell is cut to its column, so that all stay aligned. */
  readonly cut: boolean
}

function cell(record: OutputRecord, column: Column): string {
  return sanitize(cellText(cellValue(record, column))) || '-'
}

function measure(rows: readonly (readonly string[])[], columns: readonly Column[], view: View): Layout {
  const natural = columns.map((_, index) =>
    rows.reduce((widest, cells) => Math.max(widest, displayWidth(cells[index] ?? '')), 1),
  )
  const limit = view.width ?? Number.POSITIVE_INFINITY
  const space = limit - gap.length * (columns.length - 1)
  const widths = shrink(natural, columns, space)
  return { columns, widths, limit, cut: widths.some((width, index) => width < (natural[index] ?? 0)) }
}

/**
 * Prose gives way first; then identifiers and names, of which the beginning says enough and is taken for the
 * whole where it is the only one; then all. What still does not fit is wrapped by the terminal.
 */
function shrink(natural: readonly number[], columns: readonly Column[], space: number): readonly number[] {
  const keys = columns.map(({ key }) => key)
  const prose = keys.map((key) => !precious.has(key) && !named.has(key))
  const names = keys.map((key) => named.has(key))
  const all = keys.map(() => true)
  const once = squeeze(natural, space, 12, prose)
  return squeeze(squeeze(once, space, 12, names), space, narrowest, all)
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
])
const named: ReadonlySet<string> = new Set(['id', 'name', 'source', 'target', 'machine', 'network', 'term'])

/** Takes from the widest of the columns that may give, the last of several, until all fits or they are at `floor`. */
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
    // Those that are equally wide give equally.
    const taken = Math.min(widest - next, Math.max(1, Math.floor(excess / equals)), excess)
    widths[widths.findLastIndex((width, index) => width === widest && giving[index])] = widest - taken
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
  const { widths, columns, limit, cut } = layout
  const fits = !cut && (limit === Number.POSITIVE_INFINITY || lineWidth(cells, widths) <= limit)
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

interface Sample {
  readonly records: readonly OutputRecord[]
  /** The answer that was being waited for when the sample was complete. */
  readonly pending: Promise<IteratorResult<OutputRecord>>
}

/** What arrives soon after the first record: a slow source (a request per row) holds back nothing for long. */
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
