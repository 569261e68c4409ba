/** `--query`: applies JMESPath expressions to the JSON output. The only module that loads jmespath. */
import { isRecord } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import { toJson } from './json-text.js'
import type { Column, OutputRecord, Shape } from './types.js'

/** Returns the result of the expression. Throws UsageError if it is invalid or cannot be applied to the data. */
export async function applyQuery(data: unknown, expression: string): Promise<unknown> {
  const { search } = await import('jmespath')
  try {
    // JSON converts the data to plain objects, and bigints to numbers, which jmespath can compare.
    return search(JSON.parse(toJson(data)), expression) as unknown
  } catch (error) {
    throw queryError(error)
  }
}

function queryError(error: unknown): UsageError {
  return new UsageError(`The query failed: ${error instanceof Error ? error.message : String(error)}`, {
    at: '--query',
    hint: 'See https://jmespath.org; names with dots need quotes: attributes."occi.compute.cores".',
    cause: error,
  })
}

/**
 * Throws UsageError if the expression is invalid. Evaluates it on null, so unknown functions are found only in parts
 * that are evaluated for null.
 */
export async function checkQuery(expression: string): Promise<void> {
  const { search } = await import('jmespath')
  try {
    search(null, expression)
  } catch (error) {
    // A TypeError comes from a function that does not accept null, such as length(): the expression itself is valid.
    if (!(error instanceof Error && error.message.startsWith('TypeError:'))) throw queryError(error)
  }
}

/** Converts the result of a query to rows, for formats that print columns. */
export function queryRows(result: unknown): {
  readonly shape: Shape
  readonly records: readonly OutputRecord[]
  readonly columns: readonly Column[]
} {
  if (isRecord(result)) {
    return { shape: 'one', records: [{ data: result }], columns: Object.keys(result).map(columnFor) }
  }
  const items = Array.isArray(result) ? result : result === null || result === undefined ? [] : [result]
  const records = items.map((item) => ({ data: rowData(item) }))
  const keys = new Set(records.flatMap((record) => Object.keys(record.data)))
  return { shape: 'list', records, columns: [...keys].map(columnFor) }
}

function rowData(item: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(item)) return item
  if (Array.isArray(item)) return Object.fromEntries(item.map((value, index) => [String(index + 1), value]))
  return { value: item }
}

function columnFor(key: string): Column {
  return {
    key,
    heading: key.toUpperCase(),
    value: ({ data }) => (Object.hasOwn(data, key) ? data[key] : undefined),
  }
}
