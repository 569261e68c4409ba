/** `occi config`: shows the settings in force, where they come from, and where files are kept. */
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

const reasonColumn: Column = { key: 'withheld', heading: 'NOT USED BECAUSE', value: 'withheld' }

const explain: CommandDeclaration = {
  path: ['config', 'explain'],
  summary: 'Show each setting with its value and where it comes from',
  description:
    'A setting is taken from the first of these that has it: the option on the command line, the OCCI_ variable, the project file .occi.yaml, the context, a cloud of clouds.yaml (os-cloud), the default. A value that is not used, because its source is not trusted, has its own line, which says why and how to allow it. Give the same options as to the command whose settings you want to see. Secrets are shown as ***.',
  arguments: [{ name: 'SETTING', description: 'show only these settings', required: false, variadic: true }],
  options: [{ name: 'all', description: 'also show settings that are not set', env: 'none' }],
  examples: [
    { title: 'All settings that are set', command: 'occi config explain' },
    { title: 'The endpoint, and where it comes from', command: 'occi config explain endpoint' },
  ],
  run: async (context) => {
    const definitions = await allDefinitions()
    const withoutCloud = await context.settingsFor(definitions)
    // The log is discarded: the table shows what comes from the cloud.
    const { settings } = await withCloud({ ...context, settings: withoutCloud }, () => {})
    const withheld = settings.withheld.filter(({ name }) => isSetting(name))
    const withheldNames = new Set(withheld.map(({ name }) => name))
    const effective = new Map(settings.explain().map((setting) => [setting.name, setting]))
    const names = [
      ...new Set([...definitions.map(({ name }) => name), 'context', ...effective.keys(), ...withheldNames]),
    ].filter(isSetting)
    const requestedNames = context.words('SETTING').map((word) => word.replace(/^--/, ''))
    const unknown = requestedNames.find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw new UsageError(`There is no setting "${unknown}"`, {
        hint: 'occi config explain --all lists them.',
      })
    }
    const shownNames =
      requestedNames.length > 0
        ? requestedNames
        : names.filter(
            (name) =>
              context.options.isSet('all') ||
              effective.has(name) ||
              withheldNames.has(name) ||
              defaultOf(name).value !== null,
          )
    // A table may truncate the column with the reasons, so they are also printed as sentences.
    if (withheld.length > 0) context.inform(withheldMessage(settings) ?? '')
    return {
      shape: 'list',
      records: shownNames.flatMap((name): readonly OutputRecord[] => [
        settingRecord(name, effective.get(name) ?? defaultOf(name), null),
        ...withheld
          .filter((setting) => setting.name === name)
          .map((setting) => settingRecord(name, setting, withheldReason(setting, settings.context))),
      ]),
      columns: withheld.length > 0 ? [...columns, reasonColumn] : columns,
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
    {
      title: 'How much space the caches take',
      command: 'du -sh "$(occi config path -o value --columns cache)"',
    },
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

/** A setting as it is shown. All members are null if it is not set and has no default. */
interface ShownSetting {
  readonly value: string | null
  readonly origin: string | null
  readonly source: string | null
}

function settingRecord(
  name: string,
  { value, origin, source }: ShownSetting,
  withheld: string | null,
): OutputRecord {
  return { data: { name, value: maskSecrets(name, value), origin, source, withheld }, name, id: name }
}

/** Masks the secrets that a header or URL may contain. */
function maskSecrets(name: string, value: string | null): string | null {
  if (value === null) return null
  if (name === 'proxy') return redactProxy(value)
  if (name !== 'header') return redactUrl(value)
  const colon = value.indexOf(':')
  if (colon < 0) return mask
  const headerName = value.slice(0, colon)
  const [header] = redactHeaders([[headerName.trim(), value.slice(colon + 1).trim()]])
  return `${headerName}: ${header?.[1] ?? mask}`
}

/** Whether an option can be set outside the command line, unlike --columns and --all. */
function isSetting(name: string): boolean {
  return name !== 'all' && globalOptions.find((option) => option.name === name)?.env !== 'none'
}

/** The default that --help shows. It may be a description ("negotiated") instead of a value. */
function defaultOf(name: string): ShownSetting {
  const value = globalOptions.find((option) => option.name === name)?.default ?? null
  const origin = value === null ? null : 'default'
  return { value, origin, source: origin }
}
