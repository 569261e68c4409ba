/** Formats that print one member of each record per line, for `$(…)` and `xargs`. */
import { batchesOf } from '../../../basics/batched.js'
import { cellText } from '../cell.js'
import { lookup } from '../lookup.js'
import { isUnsafe, sanitize } from '../sanitize.js'
import type { OutputFormat, OutputRecord } from '../types.js'

export const nameFormat: OutputFormat = {
  name: 'name',
  description: 'one name per line; the URL if a name is not unique or could not be typed',
  prints: 'member',
  async *format(sheet) {
    const found: { readonly name: string; readonly identifier: string | undefined }[] = []
    const counts = new Map<string, number>()
    for await (const batch of batchesOf(sheet.records)) {
      for (const record of batch) {
        const name = atSite(nameOf(record), record)
        if (name === '') continue
        const identifier = uniqueIdentifier(record)
        const shown = identifier !== undefined && !isTypeable(record) ? identifier : name
        found.push({ name: shown, identifier })
        counts.set(shown, (counts.get(shown) ?? 0) + 1)
      }
    }
    const lines = found.map(({ name, identifier }) =>
      sanitize((counts.get(name) === 1 ? undefined : identifier) ?? name),
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
  find: (record: OutputRecord) => string,
): OutputFormat {
  return {
    name,
    description,
    prints: 'member',
    async *format(sheet) {
      for await (const batch of batchesOf(sheet.records)) {
        const lines: string[] = []
        for (const record of batch) {
          const found = find(record)
          if (found !== '') lines.push(sanitize(found))
        }
        if (lines.length > 0) yield `${lines.join('\n')}\n`
      }
    },
  }
}

/** The identifier of a category, or the URL of anything else. */
function uniqueIdentifier(record: OutputRecord): string | undefined {
  const found =
    record.category === undefined ? (record.url ?? text(record, 'url')) : (record.id ?? text(record, 'id'))
  return found === '' ? undefined : found
}

/**
 * Whether commands accept the name. They read a leading dash as an option, a slash as a path, `a@b` as an
 * entity at a site and `a=b` as an attribute, and would not find an escaped name.
 */
function isTypeable(record: OutputRecord): boolean {
  const name = nameOf(record)
  if (name.startsWith('-') || isUnsafe(name)) return false
  return record.entity === undefined || !/[/@=]|^\s|\s$/.test(name)
}

/** `NAME@CONTEXT`, which other commands accept whatever their current context is. */
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

function text(record: OutputRecord, path: string): string {
  const value = lookup(record.data, path)
  return typeof value === 'object' ? '' : cellText(value)
}
