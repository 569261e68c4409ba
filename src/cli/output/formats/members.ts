/** Formats that print one member of each record per line, for `$(…)` and `xargs`. */
import { batchesOf } from '../../../basics/batched.js'
import { cellText } from '../cell.js'
import { lookup } from '../lookup.js'
import { isUnsafe, sanitize } from '../sanitize.js'
import type { OutputFormat, OutputRecord } from '../types.js'

export const nameFormat: OutputFormat = {
  name: 'name',
  description: 'one name per line; the URL if a name is not unique or cannot be typed',
  prints: 'member',
  async *format(sheet) {
    const items: { readonly name: string; readonly identifier: string | undefined }[] = []
    const nameCounts = new Map<string, number>()
    for await (const batch of batchesOf(sheet.records)) {
      for (const record of batch) {
        const name = atSite(nameOf(record), record)
        if (name === '') continue
        const identifier = uniqueIdentifier(record)
        const typeableName = identifier !== undefined && !isTypeable(record) ? identifier : name
        items.push({ name: typeableName, identifier })
        nameCounts.set(typeableName, (nameCounts.get(typeableName) ?? 0) + 1)
      }
    }
    const lines = items.map(({ name, identifier }) =>
      sanitize(nameCounts.get(name) === 1 ? name : (identifier ?? name)),
    )
    if (lines.length > 0) yield `${lines.join('\n')}\n`
  },
}
export const idFormat: OutputFormat = {
  ...memberFormat('id', 'one short id per line, the last segment of the URL', (record) =>
    atSite(record.id ?? text(record, 'id'), record),
  ),
  needs: 'locations',
}
export const urlFormat: OutputFormat = {
  ...memberFormat('url', 'one absolute URL per line', (record) => record.url ?? text(record, 'url')),
  needs: 'locations',
}
export const ipFormat = memberFormat(
  'ip',
  'the first IP address of each resource, one per line',
  firstAddress,
)

function memberFormat(
  name: string,
  description: string,
  memberOf: (record: OutputRecord) => string,
): OutputFormat {
  return {
    name,
    description,
    prints: 'member',
    async *format(sheet) {
      for await (const batch of batchesOf(sheet.records)) {
        const lines: string[] = []
        for (const record of batch) {
          const member = memberOf(record)
          if (member !== '') lines.push(sanitize(member))
        }
        if (lines.length > 0) yield `${lines.join('\n')}\n`
      }
    },
  }
}

/** The identifier of a category, or the URL of anything else. */
function uniqueIdentifier(record: OutputRecord): string | undefined {
  const identifier =
    record.category === undefined ? (record.url ?? text(record, 'url')) : (record.id ?? text(record, 'id'))
  return identifier === '' ? undefined : identifier
}

/**
 * Whether commands accept the name. They take a leading dash for an option, a slash for a path, `a@b` for an entity at
 * a site and `a=b` for an attribute, and do not find an escaped name.
 */
function isTypeable(record: OutputRecord): boolean {
  const name = nameOf(record)
  if (name.startsWith('-') || isUnsafe(name)) return false
  return record.entity === undefined || !/[/@=]|^\s|\s$/.test(name)
}

/** `NAME@CONTEXT`, which commands accept in any context, if the record names its site. */
function atSite(name: string, { site }: OutputRecord): string {
  return site === undefined || name === '' ? name : `${name}@${site}`
}

function nameOf(record: OutputRecord): string {
  return (
    record.name ||
    text(record, 'name') ||
    record.id ||
    text(record, 'id') ||
    (record.url ?? text(record, 'url'))
  )
}

function firstAddress(record: OutputRecord): string {
  return (
    text(record, 'ip') || text(record, 'ips.0') || text(record, 'ips.0.address') || text(record, 'address')
  )
}

/** The text of a member; empty if it is missing or an object. */
function text(record: OutputRecord, path: string): string {
  const value = lookup(record.data, path)
  return typeof value === 'object' ? '' : cellText(value)
}
