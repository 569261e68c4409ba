/** Whether output options can be used, before a command does what cannot be undone. */
import { findColumn, type Known } from './columns.js'
import { checkTogether } from './print.js'
import { checkQuery } from './query.js'
import { findFormat } from './registry.js'
import { compileTemplate } from './template.js'
import type { Column, OutputOptions, OutputRecord } from './types.js'

/** What does not depend on the records: formats, expressions, templates. Throws UsageError. */
export async function checkOptions({ format, query, template, columns }: OutputOptions): Promise<void> {
  if (format !== undefined) checkTogether(findFormat(format), { query, template, columns })
  if (query !== undefined) await checkQuery(query)
  if (template !== undefined) compileTemplate(template, { columns: [], first: undefined })
}

/** Names of columns, by what a record will be like. Throws UsageError. */
export function checkNames(
  { columns = [], sort, template }: OutputOptions,
  declared: readonly Column[],
  like: OutputRecord,
): void {
  const known: Known = { columns: declared, first: like }
  for (const name of columns) findColumn(name, known, '--columns')
  for (const name of sort?.split(',') ?? []) findColumn(name.trim().replace(/^-/, ''), known, '--sort')
  if (template !== undefined) compileTemplate(template, known)
}
