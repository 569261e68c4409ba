/** Formats that print one member of each record per line, for `$(…)` and `xargs`. */
import { batchesOf } from '../../../basics/batched.js'
import { cellText } from '../cell.js'
import { lookup } from '../lookup.js'
import { isUnsafe, sanitize } from '../sanitize.js'
import type { OutputFormat, OutputRecord } from '../types.js'

export const nameFormat: OutputFormat = {
  ...member('name', 'the name of each; the URL where a name is not unique or could not be typed', nameOf),
  async *format(sheet) {
    const names: string[] = []
    const others: (string | undefined)[] = []
    const counts = new Map<string, number>()
    for await (const batch of batchesOf(sheet.records)) {
      for (const record of batch) {
        const name = atSite(nameOf(record), record)
        if (name === '') continue
        const other = unmistakable(record)
        const shown = other !== undefined && !isTypeable(record) ? other : name
        names.push(shown)
        others.push(other)
        counts.set(shown, (counts.get(shown) ?? 0) + 1)
      }
    }
    const lines = names.map((name, at) => sanitize((counts.get(name) === 1 ? undefined : others[at]) ?? name))
    if (lines.length > 0) yield `${lines.join('\n')}\n`
  },
}
export const idFormat: OutputFormat = {
  ...member('id', 'the short id of each, which is the last part of its URL', (record) =>
    atSite(record.id ?? text(record, 'id'), record),
  ),
  needs: 'locations',
}
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

/** What stands for one thing only: the identifier of a category, the URL of anything else. */
function unmistakable(record: OutputRecord): string | undefined {
  const found =
    record.category === undefined ? (record.url ?? text(record, 'url')) : (record.id ?? text(record, 'id'))
  return found === '' ? undefined : found
}

/**
 * Whether commands accept the name. A word that begins with a dash would be read as an option, one with a slash
 * as a path, `a@b` as a thing at a site, `a=b` as an attribute; an escaped name would not be found.
 */
function isTypeable(record: OutputRecord): boolean {
  const name = nameOf(record)
  if (name.startsWith('-') || isUnsafe(name)) return false
  return record.entity === undefined || !/[/@=]|^\s|\s$/.test(name)
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
