/** Between commands and formats: a command yields records and a column description; it never formats. */
import type { Category, Entity } from '../../model/index.js'
import type { Streams } from '../streams.js'

/** One row or object. `data` is what JSON shows; `entity` is there when it came from one. */
export interface OutputRecord {
  readonly data: Readonly<Record<string, unknown>>
  readonly entity?: Entity
  /** The same for a kind, mixin or action: what the OCCI renderings print. */
  readonly category?: Category
  /** What `-o name`, `-o id` and `-o url` print; by default the members of `data` of that name. */
  readonly name?: string
  readonly id?: string
  readonly url?: string
}

export interface Column {
  /** Used by --columns and as CSV header. */
  readonly key: string
  /** Table heading, upper case. */
  readonly heading: string
  /** Dotted path into `data`, or a function. */
  readonly value: string | ((record: OutputRecord) => unknown)
  /** Shown with -o wide only. */
  readonly wide?: boolean
  readonly align?: 'left' | 'right'
  /** Columns of `state` are coloured by value. */
  readonly style?: 'state' | 'name' | 'secondary'
}

/** Many records in few steps: iterate either over the batches or over the records. */
export interface BatchedRecords extends AsyncIterable<OutputRecord> {
  batches(): AsyncIterable<readonly OutputRecord[]>
}

export type Shape = 'list' | 'one' | 'lines'

export interface Output {
  /**
   * `list`: an array in JSON, a table for people. `one`: an object, a key/value view.
   * `lines`: changed things, one per line; an array in JSON.
   */
  readonly shape: Shape
  /** Formats may take BatchedRecords a batch at a time. */
  readonly records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>
  readonly columns: readonly Column[]
  /** How a table shows several: a row each (the default), or one after the other, key by key. */
  readonly each?: 'row' | 'record'
  /** Said on stderr on a terminal when there are no records, e.g. "No compute resources." */
  readonly empty?: string
  /**
   * Format when the user names none and stdout is not a terminal.
   * Default `tsv` (without header), and `pairs` for `one`.
   */
  readonly pipeFormat?: string
  /** Format on a terminal when the user names none. Default `table`. */
  readonly terminalFormat?: string
}

export interface OutputOptions {
  /** Undefined: chosen by terminal or pipe. */
  readonly format?: string | undefined
  readonly columns?: readonly string[] | undefined
  /** `key` or `-key` for descending; comma-separated keys. */
  readonly sort?: string | undefined
  /** Undefined: as the format does it; none when the format was not chosen by the user and stdout is a pipe. */
  readonly header?: boolean | undefined
  /** JMESPath. */
  readonly query?: string | undefined
  readonly template?: string | undefined
  /** Cells of CSV that a spreadsheet would run. Undefined: defused on a terminal. */
  readonly formulas?: Formulas | undefined
}

export type Formulas = 'keep' | 'defuse'

/** Prints everything; resolves when stdout has taken it. Throws UsageError for an unknown format or column. */
export type PrintOutput = (output: Output, options: OutputOptions, streams: Streams) => Promise<void>

export interface OutputFormat {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly description: string
  /** Of a record: chosen columns (all of them), its data, one member, or the entity in a rendering. */
  readonly prints: 'columns' | 'all-columns' | 'data' | 'member' | 'entity'
  /** Errors are printed as JSON as well (`occi schema error`). */
  readonly errors?: 'json'
  /** Locations are enough to print a list of entities. */
  readonly needs?: 'locations'
  /** With --watch each change is a record, also on a terminal. */
  readonly watches?: 'changes'
  /** Prints what --query answers as it is; other formats make rows of it. */
  readonly value?: (value: unknown) => string
  /** Yields text chunks. */
  format(sheet: Sheet, view: View): AsyncIterable<string>
}

/** What is left of an Output and its options once columns are chosen and records sorted. */
export interface Sheet {
  readonly shape: Shape
  readonly records: AsyncIterable<OutputRecord>
  /** The columns to print. */
  readonly columns: readonly Column[]
  /** The user named them: formats that print data then print these alone. */
  readonly selected: boolean
  readonly header: boolean
  readonly each?: 'row' | 'record' | undefined
}

/** What a format may know of the place it prints to. */
export interface View {
  readonly terminal: boolean
  readonly color: boolean
  /** Columns of the terminal; undefined in a pipe. */
  readonly width: number | undefined
  readonly formulas?: Formulas
}
