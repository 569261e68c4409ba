/** Chooses the columns to print and resolves the names in --columns and --sort. */
import { UsageError } from '../../errors/errors.js'
import { lookup } from './lookup.js'
import { suggestion } from './suggest.js'
import type { Column, OutputFormat, OutputRecord } from './types.js'

/** What is known about the records when names are resolved. */
export interface KnownRecords {
  readonly columns: readonly Column[]
  readonly first: OutputRecord | undefined
}

export function chooseColumns(
  known: KnownRecords,
  format: OutputFormat,
  names: readonly string[] | undefined,
): readonly Column[] {
  if (names !== undefined) return names.map((name) => findColumn(name, known, '--columns'))
  if (format.prints === 'all-columns') return known.columns
  return known.columns.filter((column) => column.wide !== true)
}

/**
 * Resolves a name to a declared column, a member of the data, or an attribute. Attributes may be missing in
 * the first record and present in later ones, so every dotted name is accepted.
 */
export function findColumn(name: string, known: KnownRecords, option: string): Column {
  const declared = known.columns.find((column) => column.key.toLowerCase() === name.toLowerCase())
  if (declared !== undefined) return declared
  const { first } = known
  const found = first === undefined ? undefined : lookup(first.data, name)
  if (found === undefined && first !== undefined && !isPossible(name, first)) {
    const names = possibleNames(known)
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
    ...(typeof found === 'number' || typeof found === 'bigint' ? { align: 'right' as const } : {}),
  }
}

/** Names that --columns, --sort and --template understand, besides attribute names. */
function possibleNames(known: KnownRecords): readonly string[] {
  const names = known.columns.map((column) => column.key)
  if (known.first !== undefined) names.push(...Object.keys(known.first.data))
  return [...new Set(names)]
}

function isPossible(name: string, { data }: OutputRecord): boolean {
  // A record may have nothing but a location, while a later one has all members.
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
