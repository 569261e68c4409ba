/** Which columns are printed, and what a name given by the user in --columns or --sort stands for. */
import { UsageError } from '../../errors/errors.js'
import { lookup } from './lookup.js'
import { suggestion } from './suggest.js'
import type { Column, OutputFormat, OutputRecord } from './types.js'

/** What is known of the records when names are looked up. */
export interface Known {
  readonly columns: readonly Column[]
  readonly first: OutputRecord | undefined
}

export function chooseColumns(
  known: Known,
  format: OutputFormat,
  names: readonly string[] | undefined,
): readonly Column[] {
  if (names !== undefined) return names.map((name) => findColumn(name, known, '--columns'))
  if (format.prints === 'all-columns') return known.columns
  return known.columns.filter((column) => column.wide !== true)
}

/**
 * A declared column, a member of the data, or an attribute by its name. Attributes may be missing in the
 * first record and there in the next, so every dotted name is taken.
 */
export function findColumn(name: string, known: Known, option: string): Column {
  const declared = known.columns.find((column) => column.key.toLowerCase() === name.toLowerCase())
  if (declared !== undefined) return declared
  const { first } = known
  const found = first === undefined ? undefined : lookup(first.data, name)
  if (found === undefined && first !== undefined && !isPossible(name, first)) {
    const names = possibleNames(known)
    throw new UsageError(`There is no column "${name}"`, {
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
export function possibleNames(known: Known): readonly string[] {
  const names = known.columns.map((column) => column.key)
  if (known.first !== undefined) names.push(...Object.keys(known.first.data))
  return [...new Set(names)]
}

function isPossible(name: string, { data }: OutputRecord): boolean {
  // What is known of an entity only by its place has few members, and the next may have all.
  return (
    name.includes('.') || Object.hasOwn(data, name) || (Object.hasOwn(data, 'url') && ofEntities.has(name))
  )
}

/** Members of the documented shape of entities. */
const ofEntities: ReadonlySet<string> = new Set([
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
