/** Prints an Output on standard output according to the user's options. */
import { UsageError } from '../../errors/errors.js'
import type { Streams } from '../streams.js'
import { chosenValues } from './cell.js'
import { chooseColumns, type KnownRecords } from './columns.js'
import { drain } from './drain.js'
import { applyQuery, queryRows } from './query.js'
import { asAsync, collect, peek } from './records.js'
import { findFormat } from './registry.js'
import { sortRecords } from './sort.js'
import { compileTemplate, type Template } from './template.js'
import type { Output, OutputFormat, OutputOptions, OutputRecord, PrintOutput, Sheet, View } from './types.js'
import { wrapLines } from './width.js'

export const printOutput: PrintOutput = async (output, options, streams) => {
  // Invalid options are reported before any record is read.
  const format = chooseFormat(output, options, streams)
  checkCombination(format, options)
  const { out } = streams
  const formulas = options.formulas ?? (out.terminal ? 'defuse' : 'keep')
  const view: View = { terminal: out.terminal, color: out.color, width: out.width, formulas }
  const { first, records } = await peek(output.records)
  if (first === undefined) await reportEmpty(output, format, options, streams)
  const knownRecords: KnownRecords = { columns: output.columns, first }
  const template =
    options.template === undefined ? undefined : compileTemplate(options.template, knownRecords)
  const columns = chooseColumns(knownRecords, format, options.columns)
  const sortedRecords =
    options.sort === undefined
      ? records
      : asAsync(sortRecords(await collect(records), options.sort, knownRecords))
  const sheet: Sheet = {
    shape: output.shape,
    records: sortedRecords,
    columns,
    selected: options.columns !== undefined,
    header: options.header ?? wantsHeader(output, options, streams),
    recordLayout: output.recordLayout,
  }
  await drain(formatted(sheet, format, template, options, view), out)
}

function formatted(
  sheet: Sheet,
  format: OutputFormat,
  template: Template | undefined,
  options: OutputOptions,
  view: View,
): AsyncIterable<string> {
  if (options.query !== undefined) return formatQuery(sheet, format, options.query, view)
  return template === undefined ? format.format(sheet, view) : formatTemplate(template, sheet.records, view)
}

/** The format that the user chose, or the default for the terminal or pipe. --query prints JSON by default. */
function chooseFormat(output: Output, options: OutputOptions, streams: Streams): OutputFormat {
  const { formats } = output
  if (options.format !== undefined) return findFormat(options.format, formats)
  if (options.query !== undefined) return findFormat('json')
  const columnFormat = streams.out.terminal ? 'table' : output.shape === 'one' ? 'pairs' : 'tsv'
  const preferred = streams.out.terminal ? output.terminalFormat : output.pipeFormat
  const format = findFormat(preferred ?? columnFormat, formats)
  return format.prints === 'member' && options.columns !== undefined ? findFormat(columnFormat) : format
}

/** Throws UsageError for options that cannot be combined. */
export function checkCombination(format: OutputFormat, options: OutputOptions): void {
  const ignoresColumns = format.prints === 'member' || format.prints === 'entity'
  const option =
    options.query !== undefined ? '--query' : options.columns !== undefined ? '--columns' : undefined
  if (ignoresColumns && option !== undefined && options.template === undefined) {
    throw new UsageError(`${option} cannot be used with -o ${format.name}`, {
      at: option,
      hint: `Use -o json, tsv, value or table, or remove ${option}.`,
    })
  }
}

/** Whether to print a header. By default a pipe gets none, so that `occi compute list | while read …` works. */
function wantsHeader(output: Output, options: OutputOptions, streams: Streams): boolean {
  if (output.shape === 'lines') return options.format !== undefined
  return streams.out.terminal || options.format !== undefined
}

/** Prints the output's message for an empty list, for people only. */
async function reportEmpty(
  output: Output,
  format: OutputFormat,
  options: OutputOptions,
  streams: Streams,
): Promise<void> {
  const isForPeople =
    format.prints === 'columns' || format.prints === 'all-columns' || format.prints === 'member'
  if (output.empty === undefined || !isForPeople || options.query !== undefined || !streams.out.terminal)
    return
  await streams.err.write(`${wrapLines(output.empty, streams.err.width)}\n`)
}

async function* formatTemplate(
  template: Template,
  records: AsyncIterable<OutputRecord>,
  view: View,
): AsyncGenerator<string> {
  for await (const record of records) yield template(record, view)
}

async function* formatQuery(
  sheet: Sheet,
  format: OutputFormat,
  query: string,
  view: View,
): AsyncGenerator<string> {
  const data = (await collect(sheet.records)).map((record) =>
    sheet.selected ? chosenValues(record, sheet.columns) : record.data,
  )
  const result = await applyQuery(sheet.shape === 'one' ? (data[0] ?? null) : data, query)
  if (format.value !== undefined) {
    yield format.value(result)
    return
  }
  const rows = queryRows(result)
  const isSingleValue = rows.columns.length === 1 && rows.columns[0]?.key === 'value'
  yield* format.format(
    {
      shape: rows.shape,
      records: asAsync(rows.records),
      columns: rows.columns,
      selected: false,
      header: sheet.header && !isSingleValue,
    },
    view,
  )
}
