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
import { contextNamed, everyContext, mayNameSeveral, wordsOf } from './sites.js'
import type { ContextsSnapshot } from './snapshot.js'
import type {
  Cloud,
  Context,
  ContextChoice,
  Environment,
  Setting,
  SettingDefinition,
  Settings,
  Withheld,
} from './types.js'

export interface SettingSources {
  /** Values by setting name; absent or undefined if not given. */
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
  /** The user trusts this content of this file. */
  readonly trusted: boolean
}

/** Throws ConfigError if the named context does not exist, UsageError for several contexts together with --endpoint. */
export function resolveSettings(sources: SettingSources): Settings {
  const definitions = indexDefinitions(sources.definitions)
  const { choice } = sources
  const { named, contextList } =
    choice?.context === 'named'
      ? { named: nameOf(choice), contextList: undefined }
      : chosenIn(sources, definitions)
  const context =
    choice?.context === 'none' || contextList !== undefined
      ? undefined
      : effectiveContext(named, sources.contexts)
  const ofContext = contextOrigins(context, sources)
  const ordered =
    choice?.context !== 'named'
      ? [...environmentAndProject(sources), ...ofContext]
      : choice.by === undefined
        ? [...ofContext, ...environmentAndProject(sources)]
        : [
            ...ofContext.map(withoutSetting('output')),
            ...environmentAndProject(sources).map(withoutSetting('endpoint')),
          ]
  const origins = [...flags(sources), ...ordered, ...cloudOrigins(sources), defaults(definitions)]
  const cached = new Map<string, readonly Setting[]>()
  const all = (name: string) => {
    const found = cached.get(name) ?? collect(name)
    cached.set(name, found)
    return found
  }
  const collect = (name: string) => {
    const definition = definitions.get(name)
    const found = origins.flatMap((origin) => origin(name, definition) ?? [])
    return definition?.path === true ? found.map((one) => resolvePath(name, one, sources)) : found
  }
  const owner = ownersOf({ context, named, cloud: sources.cloud, osCloud: () => all('os-cloud')[0] })
  const situation = createOnce(() => situationOf({ definitions, all, owner }))
  const verdict = (name: string, setting: Setting) =>
    verdictOn({ ...setting, sensitivity: definitions.sensitivityOf(name) }, situation())
  const lookup = (name: string) =>
    name === 'context'
      ? contextSetting(named, context, sources)
      : all(name).find((found) => verdict(name, found).usable)
  const names = createOnce(() => namesIn(sources, context, definitions))
  const withheld = createOnce(() =>
    names().flatMap((name) => {
      const found: Withheld[] = []
      for (const candidate of name === 'context' ? [] : all(name)) {
        const result = verdict(name, candidate)
        if (result.usable) break
        found.push({ ...candidate, name, value: masked(name, candidate.value, definitions), verdict: result })
      }
      return found
    }),
  )
  return {
    get: (name) => lookup(name)?.value,
    isOn: (name) => {
      const found = lookup(name)
      return isOn(found?.value, found?.source ?? name)
    },
    setting: lookup,
    context: context?.name,
    contextList,
    get withheld() {
      return withheld()
    },
    get aliases() {
      const endpoint = lookup('endpoint')
      const isOtherEndpoint = endpoint !== undefined && endpoint.value !== context?.settings['endpoint']
      return isOtherEndpoint ? {} : (context?.aliases ?? {})
    },
    get untrustedAddresses() {
      return situation().addresses.filter(isUntrusted)
    },
    withCloud: (cloud) => resolveSettings({ ...sources, cloud }),
    explain: () =>
      names().flatMap((name) => {
        const setting = lookup(name)
        return setting === undefined
          ? []
          : [{ name, ...setting, value: masked(name, setting.value, definitions) }]
      }),
  }
}

/**
 * A relative path in a file is relative to that file's folder, so that it means the same wherever the command
 * runs. A relative path in a variable has no folder: it is reported, unless the user trusts the working
 * folder.
 */
function resolvePath(name: string, setting: Setting, sources: SettingSources): Setting {
  const { value, origin } = setting
  if (origin === 'flag' || value === '' || isAbsolute(value)) return setting
  if (value.startsWith('~/') && sources.home !== undefined) {
    return { ...setting, value: join(sources.home, value.slice(2)) }
  }
  const file = {
    context: sources.contexts?.file,
    project: sources.project?.file,
    cloud: sources.cloud?.options[name]?.source,
  }
  if (origin === 'context' || origin === 'project' || origin === 'cloud') {
    return { ...setting, value: join(dirname(file[origin] ?? '/'), value) }
  }
  const { flags = {}, env = {} } = sources
  const trusted = isOn(flags['trust-project'] ?? env['OCCI_TRUST_PROJECT'], 'OCCI_TRUST_PROJECT')
  return origin === 'environment' && !trusted ? { ...setting, relative: true } : setting
}

interface Lookup {
  readonly definitions: Definitions
  /** Every value that was given for a setting, by precedence. */
  readonly all: (name: string) => readonly Setting[]
  readonly owner: Situation['owner']
}

/** The effective addresses: the endpoint, and the login server unless the method uses only the endpoint. */
function situationOf({ definitions, all, owner }: Lookup): Situation {
  const cached = [...(owner('context')?.addresses ?? []), ...(owner('cloud')?.addresses ?? [])]
  const addresses: Address[] = []
  const situation: Situation = { addresses, owner }
  const add = (name: string, sensitivity: Address['sensitivity']) => {
    const found = all(name).find((candidate) => verdictOn({ ...candidate, sensitivity }, situation).usable)
    if (found === undefined || sendsNothing(found.value.trim())) return
    // An untrusted source may name a server for which the user keeps secrets, but then no other address.
    const ownValue = isUntrusted(found) && cached.some((address) => isSameServer(address, found.value))
    addresses.push({ name, sensitivity, ...found, ...(ownValue && { trusted: true }) })
  }
  add('endpoint', 'endpoint')
  const method = all('auth').find(
    (candidate) =>
      verdictOn({ ...candidate, sensitivity: definitions.sensitivityOf('auth') }, situation).usable,
  )
  if (endpointOnlyMethods.has(method?.value ?? '')) return situation
  for (const name of issuerNames(definitions)) add(name, 'issuer')
  return situation
}

/** Whether nothing is sent to this endpoint: an empty value, the practice cloud or a recording. */
function sendsNothing(endpoint: string): boolean {
  return (
    endpoint === '' || endpoint === 'sandbox' || endpoint === 'sandbox:' || endpoint.startsWith('replay:')
  )
}

/** Methods that use only the endpoint. */
const endpointOnlyMethods: ReadonlySet<string> = new Set(['none', 'basic', 'digest', 'token', 'x509'])

function issuerNames(definitions: Definitions): readonly string[] {
  return definitions.all().flatMap(({ name, sensitivity }) => (sensitivity === 'issuer' ? [name] : []))
}

interface ValueOwners {
  readonly context: Context | undefined
  readonly named: Setting | undefined
  readonly cloud: Cloud | undefined
  readonly osCloud: () => Setting | undefined
}

/** Secrets in a context or cloud belong to the addresses in the same context or cloud. */
function ownersOf({ context, named, cloud, osCloud }: ValueOwners): Situation['owner'] {
  const ofContext = addressesIn(context?.settings ?? {})
  const isChosen = named !== undefined && (named.origin === 'flag' || named.trusted === true)
  const ofCloud = addressesIn(
    Object.fromEntries(
      Object.entries(cloud?.options ?? {}).flatMap(([name, { value, origin }]) =>
        origin === 'cloud' ? [[name, value]] : [],
      ),
    ),
  )
  return (origin) => {
    if (origin === 'context') return { addresses: ofContext, isNamed: isChosen }
    if (origin !== 'cloud') return undefined
    const by = osCloud()?.origin
    // The cloud was named by an option or OS_CLOUD, so the user combines it with whatever endpoint is given.
    if (by === undefined || by === 'flag' || by === 'environment')
      return { addresses: ofCloud, isNamed: true }
    return { addresses: by === 'context' ? [...ofCloud, ...ofContext] : ofCloud, isNamed: isChosen }
  }
}

/** All values that are URLs, whatever the names of their settings. */
function addressesIn(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(settings).filter((value) => /^https?:/i.test(value) && serverOf(value) !== undefined)
}

type Source = (name: string, definition: SettingDefinition | undefined) => Setting | undefined

function firstOf(name: string, definitions: Definitions, origins: readonly Source[]): Setting | undefined {
  const definition = definitions.get(name)
  for (const origin of origins) {
    const found = origin(name, definition)
    if (found !== undefined) return found
  }
  return undefined
}

function flags({ flags = {} }: SettingSources): readonly Source[] {
  return [(name) => setting(ownValue(flags, name), 'flag', `--${name}`)]
}

/** The sources that depend on where the command runs: environment and project file. */
function environmentAndProject({ env = {}, project }: SettingSources): readonly Source[] {
  return [
    (name, definition) => {
      for (const variable of [environmentName(name), ...(definition?.env ?? [])]) {
        // An empty variable counts as unset, because not all shells and CI systems can unset variables.
        if (env[variable]) return setting(env[variable], 'environment', variable)
      }
      return undefined
    },
    (name, definition) =>
      project === undefined || definition?.transient === true
        ? undefined
        : setting(ownValue(project.settings, name), 'project', project.file, project.trusted),
  ]
}

function cloudOrigins({ cloud }: SettingSources): readonly Source[] {
  if (cloud === undefined) return []
  return [
    (name) => {
      const found = Object.hasOwn(cloud.options, name) ? cloud.options[name] : undefined
      return (
        found && setting(found.value, found.origin, `${found.source} (cloud ${cloud.name})`, found.trusted)
      )
    },
  ]
}

function contextOrigins(context: Context | undefined, { contexts }: SettingSources): readonly Source[] {
  if (context === undefined) return []
  const source = `${contexts?.file ?? 'configuration'} (context ${context.name})`
  return [
    (name, definition) =>
      definition?.transient === true
        ? undefined
        : setting(ownValue(context.settings, name), 'context', source),
  ]
}

function defaults(definitions: Definitions): Source {
  return (name) => setting(definitions.get(name)?.default, 'default', 'default')
}

function setting(
  value: string | undefined,
  origin: Setting['origin'],
  source: string,
  trusted = false,
): Setting | undefined {
  return value === undefined ? undefined : { value, origin, source, ...(trusted && { trusted }) }
}

function ownValue(record: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function nameOf({ name, by }: Extract<ContextChoice, { context: 'named' }>): Setting {
  return { origin: 'flag', source: 'the command line', ...by, value: name }
}

/** The setting that names one context, or several. */
interface Chosen {
  readonly named: Setting | undefined
  readonly contextList: Setting | undefined
}

function chosenIn(sources: SettingSources, definitions: Definitions): Chosen {
  const all = ownValue(sources.flags ?? {}, 'all-contexts')
  if (isOn(all, '--all-contexts')) {
    return severalUnlessEndpoint(
      { value: `@${everyContext}`, origin: 'flag', source: '--all-contexts' },
      sources,
    )
  }
  const named = firstOf('context', definitions, [...flags(sources), ...environmentAndProject(sources)])
  if (named === undefined) return { named, contextList: undefined }
  const words = wordsOf(named.value, sources.contexts?.contexts ?? [])
  if (mayNameSeveral(words)) return severalUnlessEndpoint(named, sources)
  return { named: { ...named, value: words[0] ?? '' }, contextList: undefined }
}

/** `--endpoint` overrides several contexts from the environment or project file. Throws UsageError if a flag names them. */
function severalUnlessEndpoint(words: Setting, sources: SettingSources): Chosen {
  if (ownValue(sources.flags ?? {}, 'endpoint') === undefined) return { named: words, contextList: words }
  if (words.origin !== 'flag') return { named: undefined, contextList: undefined }
  throw new UsageError(`--endpoint names one site, and ${words.source} several`, {
    hint: 'Omit one of them.',
    at: '--endpoint',
  })
}

/** A source without one setting: with several sites, each uses its context's endpoint, and all share one output format. */
function withoutSetting(omitted: string): (source: Source) => Source {
  return (source) => (name, definition) => (name === omitted ? undefined : source(name, definition))
}

function effectiveContext(
  named: Setting | undefined,
  contexts: ContextsSnapshot | undefined,
): Context | undefined {
  const name = named?.value ?? contexts?.current
  if (name === undefined) return undefined
  return contextNamed(name, contexts?.contexts ?? [], named?.source ?? contexts?.file ?? 'context')
}

function contextSetting(
  named: Setting | undefined,
  context: Context | undefined,
  { contexts }: SettingSources,
): Setting | undefined {
  if (named !== undefined || context === undefined) return named
  return { value: context.name, origin: 'file', source: contexts?.file ?? 'configuration' }
}

function namesIn(
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

/** Masks secrets with a fixed number of asterisks, also passwords inside URLs. */
function masked(name: string, value: string, definitions: Definitions): string {
  return definitions.isSecret(name) ? MASK : maskUrl(value)
}

const MASK = '********'

function maskUrl(value: string): string {
  if (!value.includes('@') || !URL.canParse(value)) return value
  const url = new URL(value)
  if (url.password === '') return value
  url.password = '***'
  return url.href
}
