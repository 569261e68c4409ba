/** Imports a cloud from clouds.yaml and secure.yaml of OpenStack (openstacksdk, "Configuration"). */
import { isRecord } from '../../basics/objects.js'
import { ConfigError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import type { SettingDefinition } from '../types.js'
import { parseYaml } from '../yaml.js'
import { type ImportResult, settingsFromVariables } from './variables.js'

interface CloudsFile {
  /** The file name, for messages. */
  readonly file: string
  readonly text: string
}

/** Returns the names of the clouds in a clouds.yaml. Throws ConfigError when the file is not a clouds.yaml. */
export async function cloudNames(clouds: CloudsFile): Promise<readonly string[]> {
  return Object.keys(await cloudsIn(clouds))
}

/**
 * Returns the settings of one cloud. secure.yaml overrides clouds.yaml. Without a name the only cloud is used; if there
 * are several, throws ConfigError listing them.
 */
export async function readClouds(
  clouds: CloudsFile,
  options: {
    readonly cloud?: string | undefined
    readonly secure?: CloudsFile | undefined
    readonly definitions: Iterable<SettingDefinition>
  },
): Promise<ImportResult> {
  const cloudsByName = await cloudsIn(clouds)
  const names = Object.keys(cloudsByName)
  const name = options.cloud ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined || !Object.hasOwn(cloudsByName, name)) {
    throw new ConfigError(
      name === undefined
        ? `${clouds.file} has ${names.length} clouds.`
        : `${clouds.file} has no cloud "${name}".`,
      { at: 'cloud', hint: names.length === 0 ? 'It is empty.' : `Name one of: ${names.join(', ')}.` },
    )
  }
  const secure = options.secure === undefined ? {} : await cloudsIn(options.secure)
  const cloud = mergeDeep(
    asRecord(cloudsByName[name]),
    Object.hasOwn(secure, name) ? asRecord(secure[name]) : {},
  )
  const { variables, ignored } = variablesOf(cloud)
  const imported = settingsFromVariables(variables, options.definitions)
  const ignoredKeys = imported.ignored.map((variable) =>
    variable.name === 'OS_INSECURE' ? { ...variable, name: 'verify' } : variable,
  )
  return { ...imported, name, ignored: [...ignoredKeys, ...ignored] }
}

type YamlRecord = Readonly<Record<string, unknown>>

async function cloudsIn({ file, text }: CloudsFile): Promise<YamlRecord> {
  const content = await parseYaml(file, text)
  const clouds = isRecord(content) ? content.clouds : undefined
  if (isRecord(clouds)) return clouds
  throw new ConfigError(`${file} has no "clouds:".`, { at: file })
}

function mergeDeep(base: YamlRecord, overrides: YamlRecord): YamlRecord {
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(overrides)) {
    const baseValue = merged.get(key)
    merged.set(key, isRecord(baseValue) && isRecord(value) ? mergeShallow(baseValue, value) : value)
  }
  return Object.fromEntries(merged)
}

function mergeShallow(base: YamlRecord, overrides: YamlRecord): YamlRecord {
  return Object.fromEntries([...Object.entries(base), ...Object.entries(overrides)])
}

/** Returns the OS_… variables that correspond to the keys of a cloud: those of the same names, or as in specialKeys. */
function variablesOf(cloud: YamlRecord) {
  const variables = new Map<string, string>()
  const ignored: { name: string; reason: string }[] = []
  const { auth, ...cloudKeys } = cloud
  for (const [key, value] of [...Object.entries(asRecord(auth)), ...Object.entries(cloudKeys)]) {
    const toVariables = specialKeys.get(key)
    if (toVariables !== undefined) {
      for (const [variable, text] of toVariables(value)) variables.set(variable, text)
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      variables.set(`OS_${key.toUpperCase().replaceAll('-', '_')}`, String(value))
    } else if (value !== null && value !== undefined) {
      ignored.push({ name: key, reason: 'not a single value' })
    }
  }
  return { variables, ignored }
}

type ToVariables = (value: unknown) => readonly (readonly [string, string])[]

const specialKeys: ReadonlyMap<string, ToVariables> = new Map<string, ToVariables>([
  // `verify: false` is OS_INSECURE=true.
  [
    'verify',
    (value) =>
      value === null || value === undefined || isOn(String(value), 'verify in clouds.yaml')
        ? []
        : [['OS_INSECURE', 'true']],
  ],
  // By SERVICE_endpoint_override, openstacksdk overrides the endpoint of a service type.
  ['occi_endpoint_override', endpointVariable],
  ['occi_endpoint', endpointVariable],
])

function endpointVariable(value: unknown): ReturnType<ToVariables> {
  return value === null || value === undefined ? [] : [['OCCI_ENDPOINT', String(value)]]
}

function asRecord(value: unknown): YamlRecord {
  return isRecord(value) ? value : {}
}
