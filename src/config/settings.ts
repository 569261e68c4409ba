/** Looks settings up by precedence: flag > environment > project file > context > default. */
import { ConfigError } from '../errors/errors.js'
import { isOn } from '../settings/switch.js'
import { type Definitions, indexDefinitions } from './definitions.js'
import { flagOf, isCommand, variableOf } from './names.js'
import type { ContextsSnapshot } from './snapshot.js'
import type { Context, ContextChoice, Environment, Setting, SettingDefinition, Settings } from './types.js'

export interface SettingSources {
  /** By setting name; what was not given is absent or undefined. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  readonly env?: Environment
  readonly project?: ProjectSettings | undefined
  readonly contexts?: ContextsSnapshot | undefined
  readonly definitions: Iterable<SettingDefinition>
  readonly choice?: ContextChoice | undefined
}

/** What a project file says. */
export interface ProjectSettings {
  readonly file: string
  readonly settings: Readonly<Record<string, string>>
}

/** Throws ConfigError when a context is named that does not exist. */
export function resolveSettings(sources: SettingSources): Settings {
  const definitions = indexDefinitions(sources.definitions)
  const { choice } = sources
  const named =
    choice?.context === 'first'
      ? setting(choice.name, 'flag', 'the command line')
      : firstOf('context', definitions, [...flags(sources), ...surroundings(sources)])
  const context = choice?.context === 'none' ? undefined : contextInForce(named, sources.contexts)
  const ofContext = contextOrigins(context, sources, definitions)
  const ordered =
    choice?.context === 'first'
      ? [...ofContext, ...surroundings(sources)]
      : [...surroundings(sources), ...ofContext]
  const origins = [...flags(sources), ...ordered, defaults(definitions)]
  const lookup = (name: string) =>
    name === 'context' ? chosen(named, context, sources) : firstOf(name, definitions, origins)
  return {
    get: (name) => lookup(name)?.value,
    on: (name) => {
      const found = lookup(name)
      return isOn(found?.value, found?.source ?? name)
    },
    setting: lookup,
    context: context?.name,
    withheld: withheldNames(context, sources.project, definitions),
    explain: () =>
      namesIn(sources, context, definitions).flatMap((name) => {
        const setting = lookup(name)
        return setting === undefined
          ? []
          : [{ name, ...setting, value: shown(name, setting.value, definitions) }]
      }),
  }
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
  return [(name) => setting(own(flags, name), 'flag', flagOf(name))]
}

/** Environment and project file: where the command runs. */
function surroundings({ env = {}, project }: SettingSources): readonly Source[] {
  return [
    (name, definition) => {
      for (const variable of [variableOf(name), ...(definition?.env ?? [])]) {
        // An empty variable counts as unset: shells and CI systems cannot always unset one.
        if (env[variable]) return setting(env[variable], 'environment', variable)
      }
      return undefined
    },
    (name, definition) =>
      project === undefined || definition?.transient === true
        ? undefined
        : setting(own(project.settings, name), 'project', project.file),
  ]
}

function contextOrigins(
  context: Context | undefined,
  { project, contexts }: SettingSources,
  definitions: Definitions,
): readonly Source[] {
  if (context === undefined) return []
  const withheld = new Set(withheldNames(context, project, definitions))
  const source = `${contexts?.file ?? 'configuration'} (context ${context.name})`
  return [
    (name, definition) =>
      definition?.transient === true || withheld.has(name)
        ? undefined
        : setting(own(context.settings, name), 'context', source),
  ]
}

function defaults(definitions: Definitions): Source {
  return (name) => setting(definitions.get(name)?.default, 'default', 'default')
}

function setting(value: string | undefined, origin: Setting['origin'], source: string): Setting | undefined {
  return value === undefined ? undefined : { value, origin, source }
}

function own(record: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function contextInForce(
  named: Setting | undefined,
  contexts: ContextsSnapshot | undefined,
): Context | undefined {
  const name = named?.value ?? contexts?.current
  if (name === undefined) return undefined
  const found = contexts?.contexts.find((context) => context.name === name)
  if (found !== undefined) return found
  const there = contexts?.contexts.map((context) => context.name) ?? []
  throw new ConfigError(`There is no context "${name}" (named by ${named?.source ?? contexts?.file}).`, {
    at: named?.source ?? 'context',
    hint: there.length === 0 ? 'No context has been added yet.' : `There are: ${there.join(', ')}.`,
    facts: { name, contexts: there },
  })
}

function chosen(
  named: Setting | undefined,
  context: Context | undefined,
  { contexts }: SettingSources,
): Setting | undefined {
  if (named !== undefined || context === undefined) return named
  return { value: context.name, origin: 'file', source: contexts?.file ?? 'configuration' }
}

/** Settings that say to which server something is sent. */
function isAddress(name: string): boolean {
  return name === 'endpoint' || name === 'proxy' || name === 'issuer' || name.endsWith('-url')
}

/** See Settings.withheld. */
function withheldNames(
  context: Context | undefined,
  project: ProjectSettings | undefined,
  definitions: Definitions,
): readonly string[] {
  if (context === undefined || project === undefined) return []
  const redirected = Object.entries(project.settings).some(
    ([name, value]) => isAddress(name) && !sameServer(value, own(context.settings, name)),
  )
  if (!redirected) return []
  return Object.keys(context.settings).filter((name) => definitions.isSecret(name) || isCommand(name))
}

function sameServer(a: string, b: string | undefined): boolean {
  if (a === b) return true
  const [first, second] = [a, b].map((url) =>
    URL.canParse(url ?? '') ? new URL(url ?? '').origin : undefined,
  )
  // `sandbox:` and the like have the origin "null", which says nothing.
  return first !== undefined && first !== 'null' && first === second
}

function namesIn(
  { flags = {}, project }: SettingSources,
  context: Context | undefined,
  definitions: Definitions,
): readonly string[] {
  return [
    ...new Set([
      ...definitions.all().map(({ name }) => name),
      'context',
      ...Object.keys(flags),
      ...Object.keys(project?.settings ?? {}),
      ...Object.keys(context?.settings ?? {}),
    ]),
  ]
}

/** Secrets as stars of one length, and passwords inside URLs as well. */
function shown(name: string, value: string, definitions: Definitions): string {
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
