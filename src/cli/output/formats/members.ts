/** Formats that print one member of each record per line, for `$(…)` and `xargs`. */
import { batchesOf } from '../../../basics/batched.js'
import { cellText } from '../cell.js'
import { lookup } from '../lookup.js'
import { isUnsafe, sanitize } from '../sanitize.js'
import type { OutputFormat, OutputRecord } from '../types.js'

export const nameFormat: OutputFormat = {
  ...member(
    'name',
    'the name of each, its id where it has none; its URL where the name could not be typed',
    typeableName,
  ),
  needs: 'locations',
}
export const idFormat = member('id', 'the id of each', (record) =>
  atSite(record.id ?? text(record, 'id'), record),
)
export const urlFormat: OutputFormat = {
  ...member('url', 'the absolute URL of each', (record) => record.url ?? text(record, 'url')),
  needs: 'locations',
}
export const ipFormat = member('ip', 'the first IP address of each that has one', firstAddress)

function member(name: string, description: string, find: (record: OutputRecord) => string): OutputFormat {
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

/** A word that begins with a dash would be read as an option, and an escaped name would not be found. */
function typeableName(record: OutputRecord): string {
  const name = nameOf(record)
  if (name.startsWith('-') || isUnsafe(name)) return record.url || text(record, 'url') || name
  return atSite(name, record)
}

/** Other commands accept it, whatever context they have. */
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
