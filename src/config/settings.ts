/** Looks settings up by precedence: flag > environment > project file > context > clouds.yaml > default. */

import { dirname, isAbsolute, join } from 'node:path'
import { createOnce } from '../basics/create-once.js'
import { UsageError } from '../errors/errors.js'
import { environmentName } from '../settings/names.js'
import { isOn } from '../settings/switch.js'
import {
  type Address,
  isSameServer,
  isUntrusted,
  type Situation,
  serverOf,
  verdictOn,
} from '../settings/trust.js'
import { type Definitions, indexDefinitions } from './definitions.js'
import { contextNamed, groupOfAll, mayNameSeveral, wordsOf } from './sites.js'
import type { ContextsSnapshot } from './snapshot.js'
import type {
  Cloud,
  Context,
  ContextChoice,
  Environment,
  Setting,
  SettingDefinition,
  Settings,
  WithheldSetting,
} from './types.js'

/** What the settings are resolved from. */
export interface SettingSources {
  /** The values of flags by setting name. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  readonly env?: Environment
  readonly project?: ProjectSettings | undefined
  readonly contexts?: ContextsSnapshot | undefined
  readonly definitions: Iterable<SettingDefinition>
  readonly choice?: ContextChoice | undefined
  readonly cloud?: Cloud | undefined
  /** The user's home folder, for paths that begin with `~/`. */
  readonly home?: string
}

/** The settings in a project file. */
export interface ProjectSettings {
  readonly file: string
  readonly settings: Readonly<Record<string, string>>
  /** Whether the user trusts this content of this file. */
  readonly trusted: boolean
}

/**
 * Resolves the settings of a command. Throws ConfigError if the named context does not exist, UsageError if a flag
 * names several contexts together with --endpoint.
 */
export function resolveSettings(sources: SettingSources): Settings {
  const definitions = indexDefinitions(sources.definitions)
  const { choice } = sources
  const { nameSetting, contextList } = contextNamesIn(sources, definitions)
  const context =
    choice?.context === 'none' || contextList !== undefined
      ? undefined
      : effectiveContext(nameSetting, sources.contexts)
  const sourcesByPrecedence = [
    ...flagSources(sources),
    ...contextAndLocalSources(context, sources),
    ...cloudSources(sources),
    defaultSource(definitions),
  ]
  const readValues = (name: string) => {
    const definition = definitions.get(name)
    const values = sourcesByPrecedence.flatMap((source) => source(name, definition) ?? [])
    return definition?.path === true ? values.map((value) => resolvePath(name, value, sources)) : values
  }
  const valuesByName = new Map<string, readonly Setting[]>()
  const valuesOf = (name: string) => {
    const values = valuesByName.get(name) ?? readValues(name)
    valuesByName.set(name, values)
    return values
  }
  const owner = ownersOf({
    context,
    nameSetting,
    cloud: sources.cloud,
    osCloud: () => valuesOf('os-cloud')[0],
  })
  const situation = createOnce(() => situationOf({ definitions, valuesOf, owner }))
  const verdictFor = (name: string, value: Setting) =>
    verdictOn({ ...value, sensitivity: definitions.sensitivityOf(name) }, situation())
  const lookUp = (name: string) =>
    name === 'context'
      ? settingOfContext(nameSetting, context, sources)
      : valuesOf(name).find((value) => verdictFor(name, value).usable)
  const settingNames = createOnce(() => settingNamesIn(sources, context, definitions))
  const withheldSettings = createOnce(() => {
    const withheld: WithheldSetting[] = []
    for (const name of settingNames()) {
      if (name === 'context') continue
      for (const setting of valuesOf(name)) {
        const verdict = verdictFor(name, setting)
        if (verdict.usable) break
        withheld.push({ ...setting, name, value: maskSecret(name, setting.value, definitions), verdict })
      }
    }
    return withheld
  })
  return {
    get: (name) => lookUp(name)?.value,
    isOn: (name) => {
      const setting = lookUp(name)
      return isOn(setting?.value, setting?.source ?? name)
    },
    setting: lookUp,
    context: context?.name,
    contextList,
    get withheld() {
      return withheldSettings()
    },
    get aliases() {
      const endpoint = lookUp('endpoint')
      const isOtherEndpoint = endpoint !== undefined && endpoint.value !== context?.settings['endpoint']
      return isOtherEndpoint ? {} : (context?.aliases ?? {})
    },
    get untrustedAddresses() {
      return situation().addresses.filter(isUntrusted)
    },
    withCloud: (cloud) => resolveSettings({ ...sources, cloud }),
    explain: () =>
      settingNames().flatMap((name) => {
        const setting = lookUp(name)
        return setting === undefined
          ? []
          : [{ name, ...setting, value: maskSecret(name, setting.value, definitions) }]
      }),
  }
}

/**
 * Returns the sources between flags and clouds.yaml. A named context takes precedence over environment and project
 * file. If it was named together with others, each site uses its context's endpoint, and all share one output format.
 */
function contextAndLocalSources(context: Context | undefined, sources: SettingSources): readonly Source[] {
  const ofContext = contextSources(context, sources)
  const local = localSources(sources)
  const { choice } = sources
  if (choice?.context !== 'named') return [...local, ...ofContext]
  if (choice.namedBy === undefined) return [...ofContext, ...local]
  return [...ofContext.map(withoutSetting('output')), ...local.map(withoutSetting('endpoint'))]
}

/**
 * Makes the path in a setting absolute. A path in a file is relative to that file's folder, so that it names the same
 * file wherever the command runs. A relative path in a variable is marked for a report, unless the user trusts the
 * working folder.
 */
function resolvePath(name: string, setting: Setting, sources: SettingSources): Setting {
  const { value, origin } = setting
  if (origin === 'flag' || value === '' || isAbsolute(value)) return setting
  if (value.startsWith('~/') && sources.home !== undefined) {
    return { ...setting, value: join(sources.home, value.slice(2)) }
  }
  const files = {
    context: sources.contexts?.file,
    project: sources.project?.file,
    cloud: sources.cloud?.options[name]?.source,
  }
  if (origin === 'context' || origin === 'project' || origin === 'cloud') {
    return { ...setting, value: join(dirname(files[origin] ?? '/'), value) }
  }
  const { flags = {}, env = {} } = sources
  const isFolderTrusted = isOn(flags['trust-project'] ?? env['OCCI_TRUST_PROJECT'], 'OCCI_TRUST_PROJECT')
  return origin === 'environment' && !isFolderTrusted ? { ...setting, relative: true } : setting
}

interface SituationInput {
  readonly definitions: Definitions
  /** Returns all values of a setting, by precedence. */
  readonly valuesOf: (name: string) => readonly Setting[]
  readonly owner: Situation['owner']
}

/**
 * Determines the situation for verdicts. Its addresses are the effective endpoint, and the login server unless the
 * method uses only the endpoint.
 */
function situationOf({ definitions, valuesOf, owner }: SituationInput): Situation {
  const userAddresses = [...(owner('context')?.addresses ?? []), ...(owner('cloud')?.addresses ?? [])]
  const addresses: Address[] = []
  const situation: Situation = { addresses, owner }
  const addAddress = (name: string, sensitivity: Address['sensitivity']) => {
    const setting = valuesOf(name).find((value) => verdictOn({ ...value, sensitivity }, situation).usable)
    if (setting === undefined || sendsNothing(setting.value.trim())) return
    // An address from an untrusted source is trusted if the user's context or cloud has it, too.
    const isUserAddress =
      isUntrusted(setting) && userAddresses.some((address) => isSameServer(address, setting.value))
    addresses.push({ name, sensitivity, ...setting, ...(isUserAddress && { trusted: true }) })
  }
  addAddress('endpoint', 'endpoint')
  const sensitivity = definitions.sensitivityOf('auth')
  const method = valuesOf('auth').find((value) => verdictOn({ ...value, sensitivity }, situation).usable)
  if (endpointOnlyMethods.has(method?.value ?? '')) return situation
  for (const name of issuerNames(definitions)) addAddress(name, 'issuer')
  return situation
}

/** Whether nothing is sent to this endpoint: an empty value, the practice cloud or a recording. */
function sendsNothing(endpoint: string): boolean {
  return (
    endpoint === '' || endpoint === 'sandbox' || endpoint === 'sandbox:' || endpoint.startsWith('replay:')
  )
}

/** Authentication methods that send requests only to the endpoint. */
const endpointOnlyMethods: ReadonlySet<string> = new Set(['none', 'basic', 'digest', 'token', 'x509'])

function issuerNames(definitions: Definitions): readonly string[] {
  return definitions.all().flatMap(({ name, sensitivity }) => (sensitivity === 'issuer' ? [name] : []))
}

interface OwnersInput {
  readonly context: Context | undefined
  readonly nameSetting: Setting | undefined
  readonly cloud: Cloud | undefined
  readonly osCloud: () => Setting | undefined
}

/**
 * Returns a function that determines which addresses may receive the secrets of an origin: for a context or cloud, the
 * addresses in the same context or cloud.
 */
function ownersOf({ context, nameSetting, cloud, osCloud }: OwnersInput): Situation['owner'] {
  const contextAddresses = addressesIn(context?.settings ?? {})
  const isNamedByUser =
    nameSetting !== undefined && (nameSetting.origin === 'flag' || nameSetting.trusted === true)
  const cloudAddresses = addressesIn(
    Object.fromEntries(
      Object.entries(cloud?.options ?? {}).flatMap(([name, { value, origin }]) =>
        origin === 'cloud' ? [[name, value]] : [],
      ),
    ),
  )
  return (origin) => {
    if (origin === 'context') return { addresses: contextAddresses, isNamedByCommand: isNamedByUser }
    if (origin !== 'cloud') return undefined
    const namedBy = osCloud()?.origin
    // The cloud was named by an option or OS_CLOUD, so the user combines it with any endpoint.
    if (namedBy === undefined || namedBy === 'flag' || namedBy === 'environment')
      return { addresses: cloudAddresses, isNamedByCommand: true }
    return {
      addresses: namedBy === 'context' ? [...cloudAddresses, ...contextAddresses] : cloudAddresses,
      isNamedByCommand: isNamedByUser,
    }
  }
}

/** Returns all values that are URLs, of settings with any name. */
function addressesIn(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(settings).filter((value) => /^https?:/i.test(value) && serverOf(value) !== undefined)
}

/** Returns a setting's value from one source; undefined if the source does not set it. */
type Source = (name: string, definition: SettingDefinition | undefined) => Setting | undefined

function firstSetting(
  name: string,
  definitions: Definitions,
  settingSources: readonly Source[],
): Setting | undefined {
  const definition = definitions.get(name)
  for (const source of settingSources) {
    const value = source(name, definition)
    if (value !== undefined) return value
  }
  return undefined
}

function flagSources({ flags = {} }: SettingSources): readonly Source[] {
  return [(name) => settingFrom(ownMember(flags, name), 'flag', `--${name}`)]
}

/** Returns the sources that depend on where the command runs: environment and project file. */
function localSources({ env = {}, project }: SettingSources): readonly Source[] {
  return [
    (name, definition) => {
      for (const variable of [environmentName(name), ...(definition?.env ?? [])]) {
        // An empty variable counts as unset, because not all shells and CI systems can unset variables.
        if (env[variable]) return settingFrom(env[variable], 'environment', variable)
      }
      return undefined
    },
    (name, definition) =>
      project === undefined || definition?.transient === true
        ? undefined
        : settingFrom(ownMember(project.settings, name), 'project', project.file, project.trusted),
  ]
}

function cloudSources({ cloud }: SettingSources): readonly Source[] {
  if (cloud === undefined) return []
  return [
    (name) => {
      const option = Object.hasOwn(cloud.options, name) ? cloud.options[name] : undefined
      return (
        option &&
        settingFrom(option.value, option.origin, `${option.source} (cloud ${cloud.name})`, option.trusted)
      )
    },
  ]
}

function contextSources(context: Context | undefined, { contexts }: SettingSources): readonly Source[] {
  if (context === undefined) return []
  const source = `${contexts?.file ?? 'configuration'} (context ${context.name})`
  return [
    (name, definition) =>
      definition?.transient === true
        ? undefined
        : settingFrom(ownMember(context.settings, name), 'context', source),
  ]
}

function defaultSource(definitions: Definitions): Source {
  return (name) => settingFrom(definitions.get(name)?.default, 'default', 'default')
}

function settingFrom(
  value: string | undefined,
  origin: Setting['origin'],
  source: string,
  trusted = false,
): Setting | undefined {
  return value === undefined ? undefined : { value, origin, source, ...(trusted && { trusted }) }
}

function ownMember(record: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

/** Returns the setting for a context that the caller names. */
function nameSettingOf({ name, namedBy }: Extract<ContextChoice, { context: 'named' }>): Setting {
  return { origin: 'flag', source: 'the command line', ...namedBy, value: name }
}

interface ContextNames {
  /** The setting that names one or several contexts. */
  readonly nameSetting: Setting | undefined
  /** The same setting if it names several; otherwise undefined. */
  readonly contextList: Setting | undefined
}

function contextNamesIn(sources: SettingSources, definitions: Definitions): ContextNames {
  const { choice } = sources
  if (choice?.context === 'named') return { nameSetting: nameSettingOf(choice), contextList: undefined }
  const allContexts = ownMember(sources.flags ?? {}, 'all-contexts')
  if (isOn(allContexts, '--all-contexts')) {
    return contextListUnlessEndpoint(
      { value: `@${groupOfAll}`, origin: 'flag', source: '--all-contexts' },
      sources,
    )
  }
  const nameSetting = firstSetting('context', definitions, [
    ...flagSources(sources),
    ...localSources(sources),
  ])
  if (nameSetting === undefined) return { nameSetting, contextList: undefined }
  const words = wordsOf(nameSetting.value, sources.contexts?.contexts ?? [])
  if (mayNameSeveral(words)) return contextListUnlessEndpoint(nameSetting, sources)
  return { nameSetting: { ...nameSetting, value: words[0] ?? '' }, contextList: undefined }
}

/**
 * Returns the list of contexts, unless `--endpoint` overrides it. Throws UsageError if a flag names both the endpoint
 * and the list.
 */
function contextListUnlessEndpoint(list: Setting, sources: SettingSources): ContextNames {
  if (ownMember(sources.flags ?? {}, 'endpoint') === undefined)
    return { nameSetting: list, contextList: list }
  if (list.origin !== 'flag') return { nameSetting: undefined, contextList: undefined }
  throw new UsageError(`--endpoint names one site, and ${list.source} several`, {
    hint: 'Omit one of them.',
    at: '--endpoint',
  })
}

/** Returns a function that omits one setting from a source. */
function withoutSetting(omitted: string): (source: Source) => Source {
  return (source) => (name, definition) => (name === omitted ? undefined : source(name, definition))
}

function effectiveContext(
  nameSetting: Setting | undefined,
  contexts: ContextsSnapshot | undefined,
): Context | undefined {
  const name = nameSetting?.value ?? contexts?.current
  if (name === undefined) return undefined
  return contextNamed(name, contexts?.contexts ?? [], nameSetting?.source ?? contexts?.file ?? 'context')
}

function settingOfContext(
  nameSetting: Setting | undefined,
  context: Context | undefined,
  { contexts }: SettingSources,
): Setting | undefined {
  if (nameSetting !== undefined || context === undefined) return nameSetting
  return { value: context.name, origin: 'file', source: contexts?.file ?? 'configuration' }
}

function settingNamesIn(
  { flags = {}, project, cloud }: SettingSources,
  context: Context | undefined,
  definitions: Definitions,
): readonly string[] {
  return [
    ...new Set([
      ...definitions.all().map(({ name }) => name),
      'context',
      ...Object.keys(flags),
      ...Object.keys(project?.settings ?? {}),
      ...Object.keys(cloud?.options ?? {}),
      ...Object.keys(context?.settings ?? {}),
    ]),
  ]
}

/** Masks secrets with a fixed number of asterisks, and passwords inside URLs. */
function maskSecret(name: string, value: string, definitions: Definitions): string {
  return definitions.isSecret(name) ? secretMask : maskUrl(value)
}

const secretMask = '********'

function maskUrl(value: string): string {
  if (!value.includes('@') || !URL.canParse(value)) return value
  const url = new URL(value)
  if (url.password === '') return value
  url.password = '***'
  return url.href
}
