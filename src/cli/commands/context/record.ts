/** Contexts as output records, without secrets. */
import { type Context, type Definitions, groupsOf } from '../../../config/index.js'
import { redactProxy } from '../../../transport/proxy.js'
import type { Column, OutputRecord } from '../../output/types.js'

export function contextRecord(
  context: Context,
  current: string | undefined,
  { isSecret }: Definitions,
): OutputRecord {
  const settings = Object.fromEntries(
    Object.entries(context.settings).map(([name, value]) => {
      if (isSecret(name)) return [name, '********']
      return [name, name === 'proxy' ? redactProxy(value) : value]
    }),
  )
  const groups = groupsOf(context)
  return {
    data: {
      name: context.name,
      current: context.name === current,
      ...(groups.length > 0 && { groups }),
      settings,
      ...(context.aliases !== undefined && { aliases: context.aliases }),
    },
    name: context.name,
    id: context.name,
    url: context.settings['endpoint'] ?? '',
  }
}

const groupsColumn: Column = { key: 'groups', heading: 'GROUPS', value: 'groups' }

/** The columns of a list. The groups are shown without -o wide only if a context has one. */
export function listColumnsFor(contexts: readonly Context[]): readonly Column[] {
  const wide = !contexts.some((context) => groupsOf(context).length > 0)
  return [...listColumns, { ...groupsColumn, wide }, settingsColumn]
}

const listColumns: readonly Column[] = [
  { key: 'current', heading: '', value: ({ data }) => (data['current'] === true ? '*' : ' ') },
  { key: 'name', heading: 'NAME', value: 'name', style: 'name' },
  { key: 'endpoint', heading: 'ENDPOINT', value: firstOf('endpoint') },
  { key: 'auth', heading: 'AUTH', value: firstOf('auth') },
  { key: 'username', heading: 'USER', value: firstOf('username') },
  { key: 'project', heading: 'PROJECT', value: firstOf('project', 'project-id') },
]

const settingsColumn: Column = { key: 'settings', heading: 'SETTINGS', value: settingLines, wide: true }

export const showColumns: readonly Column[] = [
  { key: 'name', heading: 'NAME', value: 'name', style: 'name' },
  { key: 'current', heading: 'IN USE', value: ({ data }) => (data['current'] === true ? 'yes' : 'no') },
  { key: 'settings', heading: 'SETTINGS', value: settingLines },
  { key: 'aliases', heading: 'ALIASES', value: aliasLines },
]

/** Returns a function that returns the first of these settings that a record has. */
function firstOf(...names: readonly string[]) {
  return ({ data }: OutputRecord): unknown => {
    const settings = settingsIn(data)
    return names.map((name) => settings[name]).find((value) => value !== undefined) ?? ''
  }
}

function settingLines({ data }: OutputRecord): readonly string[] {
  return Object.entries(settingsIn(data)).map(([name, value]) => `--${name} ${String(value)}`)
}

function aliasLines({ data }: OutputRecord): readonly string[] {
  const families = (data['aliases'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>
  return Object.entries(families).flatMap(([family, names]) =>
    Object.entries(names).map(([alias, target]) => `${family} ${alias}: ${target}`),
  )
}

function settingsIn(data: OutputRecord['data']): Readonly<Record<string, unknown>> {
  return data['settings'] as Readonly<Record<string, unknown>>
}
