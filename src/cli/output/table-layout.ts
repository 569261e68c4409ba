/** Lays out rows of cells as aligned lines. The only module that loads cli-table3. */
import type { TableConstructorOptions } from 'cli-table3'
import { createPaint, type Role } from './theme.js'
import type { Column } from './types.js'
import { displayWidth } from './width.js'

export interface TableCell {
  /** One line of sanitized text, not wider than its column. */
  readonly text: string
  readonly role: Role
}

/** Returns each row as a line with a line break. `widths` has one width for each column. */
type LayOut = (rows: readonly (readonly TableCell[])[], widths: readonly number[]) => string

/** Spaces between two columns. */
export const columnGap = '  '

/**
 * Columns are separated by `columnGap`. The last column is not padded, so no line ends in spaces. cli-table3
 * gets a placeholder of the same width for each text, and the coloured text replaces it afterwards: the
 * string-width that it uses counts combining marks of most scripts as columns, and takes quadratic time for
 * long texts.
 */
export async function createLayout(
  color: boolean,
  columns: readonly Pick<Column, 'align'>[],
): Promise<LayOut> {
  const { default: Table } = await import('cli-table3')
  const paint = await createPaint(color)
  const last = columns.length - 1
  const colAligns = columns.map(({ align }) => align ?? 'left')
  const isUnpadded = (index: number) => index === last && colAligns[index] === 'left'

  const page = (rows: readonly (readonly TableCell[])[], widths: readonly number[]) => {
    const colWidths = widths.map((width, index) => (isUnpadded(index) ? 1 : width))
    const table = new Table({ ...style, colWidths, colAligns })
    const texts: string[] = []
    for (const row of rows) {
      table.push(
        row.map(({ text, role }, index) => {
          if (text === '' && !isUnpadded(index)) return ''
          texts.push(paint(role, text))
          return standIn.repeat(isUnpadded(index) ? 1 : Math.max(1, displayWidth(text)))
        }),
      )
    }
    let next = 0
    // cli-table3 omits empty lines, which a table without columns consists of.
    if (columns.length === 0) return '\n'.repeat(rows.length)
    return `${table.toString().replace(standIns, () => texts[next++] ?? '')}\n`
  }
  return (rows, widths) => {
    let text = ''
    for (let from = 0; from < rows.length; from += rowsOfPage)
      text += page(rows.slice(from, from + rowsOfPage), widths)
    return text
  }
}

const standIn = 'x'
const standIns = /x+/g

/** Small, since cli-table3 compares each cell with all rows above it. */
const rowsOfPage = 10

const style: TableConstructorOptions = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: columnGap,
  },
  // cli-table3 colours borders grey and heads red by default, also in a pipe.
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
}
