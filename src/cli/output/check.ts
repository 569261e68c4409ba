/** Validates the output options before a command changes anything. */
import { findColumn, type KnownRecords } from './columns.js'
import { checkCombination } from './print.js'
import { checkQuery } from './query.js'
import { findFormat } from './registry.js'
import { sortKeys } from './sort.js'
import { compileTemplate } from './template.js'
import type { Column, OutputFormat, OutputOptions, OutputRecord } from './types.js'

/** Checks formats, expressions and templates, which do not depend on the records. Throws UsageError. */
export async function checkOptions(
  { format, query, template, columns }: OutputOptions,
  formats?: readonly OutputFormat[],
): Promise<void> {
  if (format !== undefined) checkCombination(findFormat(format, formats), { query, template, columns })
  if (query !== undefined) await checkQuery(query)
  if (template !== undefined) compileTemplate(template, { columns: [], first: undefined })
}

/** Checks column names against a sample record. Throws UsageError. */
export function checkNames(
  { columns = [], sort, template }: OutputOptions,
  declared: readonly Column[],
  sample: OutputRecord,
): void {
  const knownRecords: KnownRecords = { columns: declared, first: sample }
  for (const name of columns) findColumn(name, knownRecords, '--columns')
  if (sort !== undefined) sortKeys(sort, knownRecords)
  if (template !== undefined) compileTemplate(template, knownRecords)
}
