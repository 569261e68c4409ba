/** Chooses the columns to print and resolves the names in --columns and --sort. */
import { UsageError } from '../../errors/errors.js'
import { lookup } from './lookup.js'
import { suggestion } from './suggest.js'
import type { Column, OutputFormat, OutputRecord } from './types.js'

/** What is known about the records when the names of columns are resolved. */
export interface KnownRecords {
  readonly columns: readonly Column[]
  readonly first: OutputRecord | undefined
}

/** The columns to print: those that the user named, or the default columns of the format. */
export function chooseColumns(
  knownRecords: KnownRecords,
  format: OutputFormat,
  names: readonly string[] | undefined,
): readonly Column[] {
  if (names !== undefined) return names.map((name) => findColumn(name, knownRecords, '--columns'))
  if (format.prints === 'all-columns') return knownRecords.columns
  return knownRecords.columns.filter((column) => column.wide !== true)
}

/**
 * Resolves a name to a declared column, a member of the data, or an attribute. Attributes may be missing in
 * the first record and present in later ones, so every dotted name is accepted.
 */
export function findColumn(name: string, knownRecords: KnownRecords, option: string): Column {
  const declared = knownRecords.columns.find((column) => column.key.toLowerCase() === name.toLowerCase())
  if (declared !== undefined) return declared
  const { first } = knownRecords
  const value = first === undefined ? undefined : lookup(first.data, name)
  if (value === undefined && first !== undefined && !mayExist(name, first)) {
    const names = possibleNames(knownRecords)
    throw new UsageError(`Unknown column "${name}"`, {
      at: option,
      hint: suggestion(name, names, 'Columns'),
      facts: { columns: names },
    })
  }
  return {
    key: name,
    heading: headingOf(name),
    value: name,
    ...(typeof value === 'number' || typeof value === 'bigint' ? { align: 'right' as const } : {}),
  }
}

/** Names that --columns, --sort and --template understand, besides attribute names. */
function possibleNames(knownRecords: KnownRecords): readonly string[] {
  const names = knownRecords.columns.map((column) => column.key)
  if (knownRecords.first !== undefined) names.push(...Object.keys(knownRecords.first.data))
  return [...new Set(names)]
}

/** Whether a record of the output may have the member, although the first record has no value for it. */
function mayExist(name: string, { data }: OutputRecord): boolean {
  // The first record may have only a location, while a later one has all members of entities.
  return (
    name.includes('.') || Object.hasOwn(data, name) || (Object.hasOwn(data, 'url') && entityMembers.has(name))
  )
}

/** The members of entities in the documented JSON. */
const entityMembers: ReadonlySet<string> = new Set([
  'id',
  'name',
  'url',
  'kind',
  'kindTerm',
  'title',
  'summary',
  'state',
  'ips',
  'mixins',
  'attributes',
  'links',
  'actions',
  'source',
  'target',
])

/** `occi.compute.cores` becomes CORES. */
function headingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toUpperCase() || name.toUpperCase()
}
