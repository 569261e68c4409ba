/**
 * The interface between commands and output formats: a command returns records and columns, and a format
 * prints them.
 */
import type { Category, Entity } from '../../model/index.js'
import type { Streams } from '../streams.js'

/** One row of a table, or one JSON object. */
export interface OutputRecord {
  /** The members of the JSON object. */
  readonly data: Readonly<Record<string, unknown>>
  /** The resource or link that the record was made from. */
  readonly entity?: Entity
  /** The kind, mixin or action that the record was made from, for the OCCI renderings. */
  readonly category?: Category
  /** The values that `-o name`, `-o id` and `-o url` print; by default the members of `data` with these names. */
  readonly name?: string
  readonly id?: string
  readonly url?: string
  /** The context that the record comes from, if several were queried. */
  readonly site?: string
}

export interface Column {
  /** The name for --columns and the CSV header. */
  readonly key: string
  /** Table heading, upper case. */
  readonly heading: string
  /** A dotted path in `data`, or a function that returns the value. */
  readonly value: string | ((record: OutputRecord) => unknown)
  /** The value as tables show it, for example with its unit; other formats print the value itself. */
  readonly display?: (value: unknown, record: OutputRecord) => unknown
  /** Shown with -o wide only. */
  readonly wide?: boolean
  readonly align?: 'left' | 'right'
  /** The section of a record table in which the value is shown, by its heading. */
  readonly section?: string
  /** How the cells are coloured; `state` by the value. */
  readonly style?: 'state' | 'name' | 'secondary'
}

export type Shape = 'list' | 'one' | 'lines'

export interface Output {
  /**
   * `list`: an array in JSON, a table for people. `one`: an object, or lines of key and value. `lines`:
   * changed entities, one per line; an array in JSON.
   */
  readonly shape: Shape
  /** Formats may read Batched records in batches. */
  readonly records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>
  readonly columns: readonly Column[]
  /** How a table shows several records: a row for each (the default), or a block of lines, one for each key. */
  readonly recordLayout?: 'row' | 'block'
  /** Printed on stderr if there are no records and stdout is a terminal, e.g. "No compute resources." */
  readonly empty?: string
  /** Why the records are temporarily incomplete; shown by --watch. */
  readonly warning?: string
  /**
   * The format if the user chooses none and stdout is not a terminal. Default `tsv` (without header), and
   * `pairs` for `one`.
   */
  readonly pipeFormat?: string
  /** The format on a terminal if the user chooses none. Default `table`. */
  readonly terminalFormat?: string
  /** The formats that -o accepts, if they differ from the common ones. */
  readonly formats?: readonly OutputFormat[]
}

export interface OutputOptions {
  /** Undefined: depends on whether stdout is a terminal. */
  readonly format?: string | undefined
  readonly columns?: readonly string[] | undefined
  /** `key` or `-key` for descending; comma-separated keys. */
  readonly sort?: string | undefined
  /** Undefined: the default of the format, or no header if the user chose no format and stdout is a pipe. */
  readonly header?: boolean | undefined
  /** JMESPath. */
  readonly query?: string | undefined
  readonly template?: string | undefined
  /** How to print CSV cells that a spreadsheet would evaluate. Undefined: `defuse` on a terminal, `keep` in a pipe. */
  readonly formulas?: Formulas | undefined
}

type Formulas = 'keep' | 'defuse'

/**
 * Prints all records; resolves when stdout has accepted them. Throws UsageError for an unknown format or
 * column.
 */
export type PrintOutput = (output: Output, options: OutputOptions, streams: Streams) => Promise<void>

export interface OutputFormat {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly description: string
  /**
   * What the format prints of a record: the chosen columns or all columns, its data, one member, or the
   * entity in a rendering.
   */
  readonly prints: 'columns' | 'all-columns' | 'data' | 'member' | 'entity'
  /** Set if errors are also printed as JSON (`occi schema error`). */
  readonly errors?: 'json'
  /** Set if a list of entities can be printed from their locations alone. */
  readonly needs?: 'locations'
  /** Set if --watch prints each change as a record, also on a terminal. */
  readonly watches?: 'changes'
  /** Prints the result of --query. Without it, the format prints the result as rows. */
  readonly value?: (value: unknown) => string
  /** Yields text chunks. */
  format(sheet: Sheet, view: View): AsyncIterable<string>
}

/** An Output with chosen columns and sorted records. */
export interface Sheet {
  readonly shape: Shape
  readonly records: AsyncIterable<OutputRecord>
  /** The columns to print. */
  readonly columns: readonly Column[]
  /** Whether the user chose the columns. Formats that print data then print only these columns. */
  readonly selected: boolean
  readonly header: boolean
  readonly recordLayout?: 'row' | 'block' | undefined
}

/** What a format may know about its destination. */
export interface View {
  readonly terminal: boolean
  readonly color: boolean
  /** Columns of the terminal; undefined in a pipe. */
  readonly width: number | undefined
  readonly formulas?: Formulas
}
