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

/** Returns each row as a line that ends with a line break. `widths` has one width for each column. */
type LayOut = (rows: readonly (readonly TableCell[])[], widths: readonly number[]) => string

/** Spaces between two columns. */
export const columnGap = '  '

/**
 * Returns a function that lays out rows. A last column that is aligned left is not padded, so that no line ends with
 * spaces. cli-table3 gets each text as a placeholder of the same width, which is replaced afterwards, because its
 * package string-width miscounts combining marks and takes quadratic time for long texts.
 */
export async function createLayout(
  color: boolean,
  columns: readonly Pick<Column, 'align'>[],
): Promise<LayOut> {
  const { default: Table } = await import('cli-table3')
  const paint = await createPaint(color)
  const lastIndex = columns.length - 1
  const colAligns = columns.map(({ align }) => align ?? 'left')
  const isUnpadded = (index: number) => index === lastIndex && colAligns[index] === 'left'

  const layOutTable = (rows: readonly (readonly TableCell[])[], widths: readonly number[]) => {
    const colWidths = widths.map((width, index) => (isUnpadded(index) ? 1 : width))
    const table = new Table({ ...style, colWidths, colAligns })
    const texts: string[] = []
    for (const row of rows) {
      table.push(
        row.map(({ text, role }, index) => {
          if (text === '' && !isUnpadded(index)) return ''
          texts.push(paint(role, text))
          return placeholder.repeat(isUnpadded(index) ? 1 : Math.max(1, displayWidth(text)))
        }),
      )
    }
    // cli-table3 omits empty lines, but a table without columns consists of empty lines.
    if (columns.length === 0) return '\n'.repeat(rows.length)
    let textIndex = 0
    return `${table.toString().replace(placeholders, () => texts[textIndex++] ?? '')}\n`
  }
  return (rows, widths) => {
    let text = ''
    for (let from = 0; from < rows.length; from += rowsPerTable)
      text += layOutTable(rows.slice(from, from + rowsPerTable), widths)
    return text
  }
}

const placeholder = 'x'
const placeholders = /x+/g

/** Kept small, since cli-table3 compares each cell with all rows above it. */
const rowsPerTable = 10

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
  // By default cli-table3 colours borders grey and headings red, even in a pipe.
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
}
