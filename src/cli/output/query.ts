/** `--query`: JMESPath over what `-o json` would print. The only module that loads jmespath. */
import { isRecord } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import { toJson } from './json-text.js'
import type { Column, OutputRecord, Shape } from './types.js'

/** Throws UsageError when the expression cannot be read or applied. */
export async function applyQuery(data: unknown, expression: string): Promise<unknown> {
  const { search } = await import('jmespath')
  try {
    // Converted by way of JSON, so that the query sees plain objects, and numbers instead of bigints, which
    // jmespath cannot compare.
    return search(JSON.parse(toJson(data)), expression) as unknown
  } catch (error) {
    throw unusable(error)
  }
}

function unusable(error: unknown): UsageError {
  return new UsageError(
    `The query cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    {
      at: '--query',
      hint: 'See https://jmespath.org; names with dots need quotes: attributes."occi.compute.cores".',
      cause: error,
    },
  )
}

/** Throws UsageError when the expression cannot be read. */
export async function checkQuery(expression: string): Promise<void> {
  const { search } = await import('jmespath')
  try {
    search(null, expression)
  } catch (error) {
    // Functions fail on null (no length, cannot be sorted), which says nothing about the expression.
    if (error instanceof Error && /^(Lexer|Parser)Error$/i.test(error.name)) throw unusable(error)
  }
}

/** The result of a query as rows, for formats that print columns. */
export function queryRows(result: unknown): {
  readonly shape: Shape
  readonly records: readonly OutputRecord[]
  readonly columns: readonly Column[]
} {
  if (isRecord(result)) {
    return { shape: 'one', records: [{ data: result }], columns: Object.keys(result).map(column) }
  }
  const items = Array.isArray(result) ? result : result === null || result === undefined ? [] : [result]
  const records = items.map((item) => ({ data: row(item) }))
  const keys = new Set(records.flatMap((record) => Object.keys(record.data)))
  return { shape: 'list', records, columns: [...keys].map(column) }
}

function row(item: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(item)) return item
  if (Array.isArray(item)) return Object.fromEntries(item.map((value, index) => [String(index + 1), value]))
  return { value: item }
}

function column(key: string): Column {
  return {
    key,
    heading: key.toUpperCase(),
    value: ({ data }) => (Object.hasOwn(data, key) ? data[key] : undefined),
  }
}
