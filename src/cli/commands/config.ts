/** `occi config`: shows which settings are in force, and why. */
import type { Withheld } from '../../config/types.js'
import { UsageError } from '../../errors/errors.js'
import { mask, redactHeaders, redactProxy, redactUrl } from '../../transport/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import { allDefinitions } from '../options/definitions.js'
import { globalOptions } from '../options/global.js'
import type { Column, OutputRecord } from '../output/types.js'
import { withCloud } from '../runtime/cloud.js'
import { withheldMessage, withheldReason } from '../runtime/withheld.js'

const columns: readonly Column[] = [
  { key: 'name', heading: 'SETTING', value: 'name', style: 'name' },
  { key: 'value', heading: 'VALUE', value: 'value' },
  { key: 'origin', heading: 'ORIGIN', value: 'origin' },
  { key: 'source', heading: 'SOURCE', value: 'source', style: 'secondary' },
]

const reason: Column = { key: 'withheld', heading: 'NOT USED BECAUSE', value: 'withheld' }

const explain: CommandDeclaration = {
  path: ['config', 'explain'],
  summary: 'Show each setting with its value and where it comes from',
  description:
    'What comes first: the option on the command line, the OCCI_ variable, the project file .occi.yaml, the context, a cloud of clouds.yaml (os-cloud), the default. What was given and is not used has a line of its own, with the reason and the way to allow it. Give the same options as to the command that surprised you. Secrets are stars.',
  arguments: [{ name: 'SETTING', description: 'only these', required: false, variadic: true }],
  options: [{ name: 'all', description: 'also those that nobody has set', env: 'none' }],
  examples: [
    { title: 'All that is set', command: 'occi config explain' },
    { title: 'Which endpoint, and why', command: 'occi config explain endpoint' },
  ],
  run: async (context) => {
    const definitions = await allDefinitions()
    const own = await context.settingsFor(definitions)
    const { settings } = await withCloud({ ...context, settings: own }, () => {})
    const withheld = new Map<string, Withheld[]>()
    for (const each of settings.withheld) {
      if (isSetting(each.name)) withheld.set(each.name, [...(withheld.get(each.name) ?? []), each])
    }
    const set = new Map(settings.explain().map((setting) => [setting.name, setting]))
    const names = [
      ...new Set([...definitions.map(({ name }) => name), 'context', ...set.keys(), ...withheld.keys()]),
    ].filter(isSetting)
    const wanted = context.words('SETTING').map((word) => word.replace(/^--/, ''))
    const unknown = wanted.find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw new UsageError(`There is no setting "${unknown}"`, {
        hint: 'occi config explain --all lists them.',
      })
    }
    const shown =
      wanted.length > 0
        ? wanted
        : names.filter(
            (name) =>
              context.options.isSet('all') ||
              set.has(name) ||
              withheld.has(name) ||
              byDefault(name).value !== null,
          )
    // Reasons are too long for a column.
    if (withheld.size > 0) context.inform(withheldMessage(settings) ?? '')
    return {
      shape: 'list',
      records: shown.flatMap((name): readonly OutputRecord[] => [
        record(name, set.get(name) ?? byDefault(name), null),
        ...(withheld.get(name) ?? []).map((each) =>
          record(name, each, withheldReason(each, settings.context)),
        ),
      ]),
      columns: withheld.size > 0 ? [...columns, reason] : columns,
      empty: 'Nothing is set.',
    }
  },
}

const path: CommandDeclaration = {
  path: ['config', 'path'],
  summary: 'Show where configuration, caches and state are kept',
  arguments: [],
  options: [],
  examples: [
    { title: 'All folders', command: 'occi config path' },
    { title: 'What the caches take', command: 'du -sh "$(occi config path -o value --columns cache)"' },
  ],
  contextless: true,
  run: async ({ runtime: { folders } }) => ({
    shape: 'one',
    records: [{ data: { ...folders } }],
    columns: [
      { key: 'config', heading: 'CONFIGURATION', value: 'config' },
      { key: 'cache', heading: 'CACHES', value: 'cache' },
      { key: 'state', heading: 'STATE', value: 'state' },
    ],
  }),
}

export const config: CommandGroup = {
  name: 'config',
  summary: 'Settings: their values and where they come from',
  fallback: 'explain',
  commands: [explain, path],
}

function record(
  name: string,
  { value, origin, source }: ReturnType<typeof byDefault>,
  withheld: string | null,
): OutputRecord {
  return { data: { name, value: masked(name, value), origin, source, withheld }, name, id: name }
}

/** Masks values that may contain a secret: headers and URLs. */
function masked(name: string, value: string | null): string | null {
  if (value === null) return null
  if (name === 'proxy') return redactProxy(value)
  if (name !== 'header') return redactUrl(value)
  const colon = value.indexOf(':')
  if (colon < 0) return mask
  const [[, text] = ['', mask]] = redactHeaders([
    [value.slice(0, colon).trim(), value.slice(colon + 1).trim()],
  ])
  return `${value.slice(0, colon)}: ${text}`
}

/** Whether an option can be set outside the command line, unlike --columns and --all. */
function isSetting(name: string): boolean {
  return name !== 'all' && globalOptions.find((option) => option.name === name)?.env !== 'none'
}

/** The default as --help describes it; "negotiated" is not a value but explains what happens. */
function byDefault(name: string): {
  readonly value: string | null
  readonly origin: string | null
  readonly source: string | null
} {
  const value = globalOptions.find((option) => option.name === name)?.default ?? null
  const origin = value === null ? null : 'default'
  return { value, origin, source: origin }
}
