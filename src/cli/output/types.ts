/** Between commands and formats: a command yields records and a column description; it never formats. */
import type { Entity } from '../../model/index.js'
import type { Streams } from '../streams.js'

/** One row or object. `data` is what JSON shows; `entity` is there when it came from one. */
export interface OutputRecord {
  readonly data: Readonly<Record<string, unknown>>
  readonly entity?: Entity
  /** What `-o name`, `-o id` and `-o url` print. */
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
  /** `state` columns are coloured by value. */
  readonly style?: 'state' | 'name' | 'dim'
}

export interface Output {
  /** `list`: an array in JSON, a table for people. `one`: an object, a key/value view. `lines`: changed things, one per line. */
  readonly shape: 'list' | 'one' | 'lines'
  readonly records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>
  readonly columns: readonly Column[]
  /** Said on stderr on a terminal when there are no records, e.g. "No compute resources." */
  readonly empty?: string
  /** Format when the user names none and stdout is not a terminal. Default `tsv` (no header) for lists. */
  readonly pipeFormat?: string
  /** Format on a terminal when the user names none. Default `table`. */
  readonly terminalFormat?: string
}

export interface OutputOptions {
  /** Undefined: chosen by terminal or pipe. */
  readonly format?: string
  readonly columns?: readonly string[]
  /** `key` or `-key` for descending; comma-separated keys. */
  readonly sort?: string
  readonly header?: boolean
  /** JMESPath. */
  readonly query?: string
  readonly template?: string
}

/** Prints everything; resolves when stdout has taken it. Throws UsageError for an unknown format or column. */
export type PrintOutput = (output: Output, options: OutputOptions, streams: Streams) => Promise<void>

export interface OutputFormat {
  readonly name: string
  readonly description: string
  /** Yields text chunks. */
  format(output: Output, options: OutputOptions, view: View): AsyncIterable<string>
}

/** What a format may know of the place it prints to. */
export interface View {
  readonly terminal: boolean
  readonly color: boolean
  /** Columns of the terminal; undefined in a pipe. */
  readonly width: number | undefined
}
