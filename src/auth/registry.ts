/** The registry of auth methods: a new method is one file and one line here. */
import { ConfigError, UsageError } from '../errors/errors.js'
import { isSensitivity } from '../settings/trust.js'
import { packageName, resolvePackage } from './packages.js'
import type { AuthOption, AuthPlugin } from './types.js'

interface Method {
  readonly name: string
  readonly load: () => Promise<AuthPlugin>
}

const methods: readonly Method[] = [
  { name: 'auto', load: async () => (await import('./auto.js')).auto(loadAuthPlugin) },
  { name: 'none', load: async () => (await import('./none.js')).none },
  { name: 'basic', load: async () => (await import('./basic.js')).basic },
  { name: 'digest', load: async () => (await import('./digest.js')).digest },
  { name: 'token', load: async () => (await import('./token.js')).token },
  { name: 'x509', load: async () => (await import('./x509/x509.js')).x509 },
  { name: 'oidc', load: async () => (await import('./oidc/oidc.js')).oidc },
  { name: 'keystone', load: async () => (await import('./keystone/keystone.js')).keystone },
]

/** The name of a method, or `npm:PACKAGE` for a plugin in that package. */
export type AuthMethod =
  | 'none'
  | 'auto'
  | 'basic'
  | 'digest'
  | 'token'
  | 'x509'
  | 'oidc'
  | 'keystone'
  | `npm:${string}`
  | (string & {})

export const authMethods: readonly string[] = methods.map(({ name }) => name)

/** Loads the module of a third-party plugin by its file URL, or by its name. */
export type Importer = (module: string) => Promise<unknown>

/** Where third-party plugins are searched for, and how they are loaded. */
export interface PluginSources {
  /**
   * Folders in which `npm:` packages are resolved as for a module in that folder. Default: Node resolves them for
   * this library, that is in the project where it is installed.
   */
  readonly folders?: readonly string[]
  readonly importer?: Importer
}

/**
 * Loads a plugin: a built-in one by name, or with `npm:PACKAGE` the AuthPlugin that the package exports as `plugin` or
 * as its default. Throws UsageError for an unknown name, ConfigError for a package that is missing or exports no
 * plugin.
 */
export async function loadAuthPlugin(name: AuthMethod, sources: PluginSources = {}): Promise<AuthPlugin> {
  if (name.startsWith('npm:')) return loadPackage(name.slice(4), sources)
  const method = methods.find((each) => each.name === name)
  if (method !== undefined) return method.load()
  throw new UsageError(`There is no authentication method "${name}"`, {
    hint: `Use one of ${authMethods.join(', ')}, or npm:PACKAGE for a plugin.`,
    at: 'auth',
  })
}

/** Returns the options of all built-in methods, each name once, for flags, environment and documentation. */
export async function allAuthOptions(): Promise<readonly AuthOption[]> {
  const options = new Map<string, AuthOption>()
  for (const { load } of methods) {
    const methodOptions = (await load()).options
    for (const option of methodOptions) if (!options.has(option.name)) options.set(option.name, option)
  }
  return [...options.values()]
}

async function loadPackage(specifier: string, sources: PluginSources): Promise<AuthPlugin> {
  const importer: Importer =
    sources.importer ?? ((location) => import(/* webpackIgnore: true */ /* @vite-ignore */ location))
  const { folders } = sources
  const location = folders === undefined ? packageName(specifier) : await resolvePackage(specifier, folders)
  if (location === undefined) throw notInstalled(specifier, folders)
  let module: unknown
  try {
    module = await importer(location)
  } catch (cause) {
    if (folders === undefined && isMissing(cause, specifier)) throw notInstalled(specifier, folders)
    throw new ConfigError(`The authentication plugin "${specifier}" cannot be loaded`, {
      hint: 'Loading it threw an error, which -v shows.',
      cause,
    })
  }
  const exportedValue = member(module, 'plugin') ?? member(module, 'default')
  // import() puts the exports of a CommonJS module under `default`.
  const plugin = isPlugin(exportedValue)
    ? exportedValue
    : (member(exportedValue, 'plugin') ?? member(exportedValue, 'default'))
  if (!isPlugin(plugin)) {
    throw new ConfigError(`The package "${specifier}" is not an authentication plugin`, {
      hint: 'It must export `plugin` with name, description, options (each with its sensitivity) and authenticate().',
    })
  }
  return plugin
}

function notInstalled(specifier: string, folders: readonly string[] | undefined): ConfigError {
  return new ConfigError(`The authentication plugin "${specifier}" is not installed`, {
    hint:
      folders === undefined
        ? `Run npm install ${specifier} in your project, beside occi-cli, or import it and give the plugin itself as \`auth\`.`
        : `Run npm install ${specifier} in one of: ${folders.join(', ')}`,
  })
}

/** Whether the package itself is missing, rather than one of its dependencies. */
function isMissing(cause: unknown, specifier: string): boolean {
  return (
    member(cause, 'code') === 'ERR_MODULE_NOT_FOUND' &&
    String(member(cause, 'message')).includes(`'${specifier}'`)
  )
}

function isPlugin(value: unknown): value is AuthPlugin {
  return (
    typeof member(value, 'name') === 'string' &&
    typeof member(value, 'description') === 'string' &&
    typeof member(value, 'authenticate') === 'function' &&
    isOptionList(member(value, 'options'))
  )
}

function isOptionList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (option) =>
        typeof member(option, 'name') === 'string' &&
        typeof member(option, 'description') === 'string' &&
        isSensitivity(member(option, 'sensitivity')),
    )
  )
}

function member(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}
