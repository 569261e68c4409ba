/** Maps clouds.yaml, secure.yaml and OS_* variables to the options of occi. */

import { isAbsolute } from 'node:path'
import { isRecord } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import {
  type Purpose,
  parseYaml,
  purposes,
  UnreadableFileError,
  UnreadableYamlError,
} from '../files/index.js'
import { environmentName } from '../settings/names.js'
import { isOn } from '../settings/switch.js'
import { textAt, valueAt } from './json.js'
import type { AuthOption } from './types.js'

/** Values of authentication options by name. */
export type OptionValues = Readonly<Record<string, string>>

/** The parts of the machine that the search for clouds.yaml uses. */
export interface CloudFiles {
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly home: string | undefined
  /** The working directory, which is searched first. */
  readonly cwd: string
}

/** The options of one cloud in clouds.yaml. */
export interface CloudOptions {
  readonly options: OptionValues
  /** The file of each option, by option name. */
  readonly sources: Readonly<Record<string, string>>
  /** The files that were read. */
  readonly files: readonly string[]
  /** Unknown keys in the files, reported with -v. */
  readonly ignored: readonly string[]
}

/**
 * Returns the values of the declared options from environment variables: OCCI_… first, then `env` of the option. Empty
 * variables are ignored. Throws UsageError if OS_INSECURE is neither true nor false.
 */
export function optionsFromEnvironment(
  declared: readonly AuthOption[],
  env: (name: string) => string | undefined,
): OptionValues {
  const values: Record<string, string> = {}
  for (const option of declared) {
    const occiVariable = environmentName(option.name)
    for (const name of [occiVariable, ...(option.env ?? [])]) {
      const value = env(name)
      if (value === undefined || value === '') continue
      values[option.name] = value
      break
    }
  }
  const insecure = env('OS_INSECURE')
  if (isOn(insecure, 'OS_INSECURE')) values['insecure'] = 'true'
  const caFile = env('OS_CACERT')
  if (caFile !== undefined && caFile !== '') values['ca-file'] = caFile
  return values
}

/**
 * Returns the options of the cloud with this name, by default that of OS_CLOUD; undefined if neither is set.
 * secure.yaml overrides clouds.yaml, which overrides the cloud's `profile` (clouds-public.yaml). Throws ConfigError
 * naming the searched files.
 */
export async function optionsFromClouds(
  files: CloudFiles,
  name: string | undefined,
): Promise<CloudOptions | undefined> {
  const cloudName = name ?? files.env('OS_CLOUD')
  if (cloudName === undefined || cloudName === '') return undefined
  const clouds = await readFirstFile(files, 'clouds', 'OS_CLIENT_CONFIG_FILE')
  if (clouds === undefined) {
    throw new ConfigError(`There is no clouds.yaml to find the cloud "${cloudName}" in`, {
      hint: `Looked at ${searchPath(files, 'clouds', 'OS_CLIENT_CONFIG_FILE').join(', ')}.`,
    })
  }
  const entry = valueAt(clouds.content, 'clouds', cloudName)
  if (entry === undefined) {
    const names = Object.keys(recordOf(valueAt(clouds.content, 'clouds')))
    throw new ConfigError(`There is no cloud "${cloudName}" in ${clouds.path}`, {
      hint: names.length === 0 ? 'The file lists none.' : `It has: ${names.join(', ')}.`,
      at: clouds.path,
    })
  }
  const secure = await readFirstFile(files, 'secure', 'OS_CLIENT_SECURE_FILE')
  const profile = textAt(entry, 'profile') ?? textAt(entry, 'cloud')
  const vendorFile =
    profile === undefined ? undefined : await readFirstFile(files, 'clouds-public', 'OS_CLIENT_VENDOR_FILE')
  const layers: readonly (YamlFile & { readonly entry: unknown })[] = [
    ...(vendorFile === undefined
      ? []
      : [{ ...vendorFile, entry: valueAt(vendorFile.content, 'public-clouds', profile ?? '') }]),
    { ...clouds, entry },
    ...(secure === undefined ? [] : [{ ...secure, entry: valueAt(secure.content, 'clouds', cloudName) }]),
  ]
  const options = new Map<string, string>()
  const sources = new Map<string, string>()
  const ignored = new Set<string>()
  for (const { path, entry: layer } of layers) {
    const layerOptions = optionsOf(recordOf(layer))
    for (const [name, value] of Object.entries(layerOptions.options)) {
      options.set(name, value)
      sources.set(name, path)
    }
    for (const key of layerOptions.ignored) ignored.add(key)
  }
  return {
    options: Object.fromEntries(options),
    sources: Object.fromEntries(sources),
    ignored: [...ignored],
    files: [
      clouds.path,
      ...(secure === undefined ? [] : [secure.path]),
      ...(vendorFile === undefined ? [] : [vendorFile.path]),
    ],
  }
}

/**
 * Returns the paths to try, in the order of openstacksdk: the variable, the working directory, the user's folder, the
 * system's folder.
 */
function searchPath(files: CloudFiles, base: string, variable: string): readonly string[] {
  const explicitPath = files.env(variable)
  if (explicitPath !== undefined && explicitPath !== '') return [explicitPath]
  const xdgFolder = files.env('XDG_CONFIG_HOME')
  const homeFolder = files.home === undefined ? undefined : `${files.home}/.config`
  const configFolder = xdgFolder !== undefined && isAbsolute(xdgFolder) ? xdgFolder : homeFolder
  const folders = [
    files.cwd,
    ...(configFolder === undefined ? [] : [`${configFolder}/openstack`]),
    '/etc/openstack',
  ]
  return folders.flatMap((folder) => ['yaml', 'yml', 'json'].map((type) => `${folder}/${base}.${type}`))
}

/** The options by their keys in `auth:`, as keystoneauth spells them. */
const optionsByAuthKey: Readonly<Record<string, string>> = {
  auth_url: 'auth-url',
  username: 'username',
  user_name: 'username',
  user_id: 'user-id',
  password: 'password',
  user_domain_name: 'user-domain',
  user_domain_id: 'user-domain-id',
  default_domain_name: 'default-domain',
  default_domain: 'default-domain',
  default_domain_id: 'default-domain-id',
  project_name: 'project',
  tenant_name: 'project',
  project_id: 'project-id',
  tenant_id: 'project-id',
  project_domain_name: 'project-domain',
  project_domain_id: 'project-domain-id',
  domain_name: 'domain',
  domain_id: 'domain-id',
  system_scope: 'system-scope',
  trust_id: 'trust-id',
  token: 'token',
  application_credential_id: 'application-credential-id',
  application_credential_name: 'application-credential-name',
  application_credential_secret: 'application-credential-secret',
  passcode: 'passcode',
  identity_provider: 'identity-provider',
  protocol: 'protocol',
  access_token: 'access-token',
  discovery_endpoint: 'oidc-discovery',
  client_id: 'oidc-client-id',
  client_secret: 'oidc-client-secret',
  openid_scope: 'oidc-scope',
  x509_user_proxy: 'user-cert',
}

/** The options by their keys in the cloud itself. */
const optionsByCloudKey: Readonly<Record<string, string>> = {
  auth_type: 'auth-type',
  region_name: 'region',
  interface: 'interface',
  endpoint_type: 'interface',
  identity_api_version: 'keystone-version',
  cacert: 'ca-file',
  cert: 'user-cert',
  key: 'user-key',
  occi_endpoint_override: 'endpoint',
}

/** Keys that are common in clouds.yaml, but have no meaning for OCCI or are handled separately. */
const ignoredSilently = new Set(['auth', 'profile', 'cloud', 'verify', 'regions', 'vendor_hook'])

function optionsOf(cloud: Readonly<Record<string, unknown>>): {
  options: OptionValues
  ignored: readonly string[]
} {
  const options: Record<string, string> = {}
  const ignored: string[] = []
  const collect = (
    source: Readonly<Record<string, unknown>>,
    optionsByKey: Readonly<Record<string, string>>,
    prefix: string,
  ) => {
    for (const [key, value] of Object.entries(source)) {
      // openstacksdk treats dashes as underscores.
      const name = key.replaceAll('-', '_')
      const option = Object.hasOwn(optionsByKey, name) ? optionsByKey[name] : undefined
      const text = scalarText(value)
      if (option !== undefined && text !== undefined) options[option] ??= text
      else if (prefix !== '' || !ignoredSilently.has(name)) ignored.push(`${prefix}${key}`)
    }
  }
  collect(recordOf(cloud['auth']), optionsByAuthKey, 'auth.')
  collect(cloud, optionsByCloudKey, '')
  const verify = scalarText(cloud['verify'])
  if (verify !== undefined) options['insecure'] = String(!isOn(verify, 'verify in clouds.yaml'))
  if (options['region'] === undefined) {
    const [region] = Array.isArray(cloud['regions']) ? cloud['regions'] : []
    const text = scalarText(region) ?? textAt(region, 'name')
    if (text !== undefined) options['region'] = text
  }
  return { options, ignored }
}

interface YamlFile {
  readonly path: string
  readonly content: unknown
}

/** Reads the first readable file of the search path. Throws ConfigError for a file that is untrusted or not YAML. */
async function readFirstFile(
  files: CloudFiles,
  base: string,
  variable: string,
): Promise<YamlFile | undefined> {
  for (const path of searchPath(files, base, variable)) {
    let bytes: Uint8Array
    try {
      bytes = await files.readFile(path, purposes.settings)
    } catch (cause) {
      // An untrusted file is an error; the search does not continue.
      if (cause instanceof ConfigError) throw cause
      // openstacksdk also skips files that are missing or unreadable.
      if (!(cause instanceof UnreadableFileError)) continue
      throw new ConfigError(`${path} cannot be read: ${cause.reason}`, { at: path, cause })
    }
    return { path, content: await parseYamlFile(path, Buffer.from(bytes).toString('utf8')) }
  }
  return undefined
}

async function parseYamlFile(path: string, text: string): Promise<unknown> {
  try {
    return await parseYaml(text, { repeatedKeys: 'last' })
  } catch (cause) {
    if (!(cause instanceof UnreadableYamlError)) throw cause
    const { line } = cause
    throw new ConfigError(`${path} is not YAML${line === undefined ? '' : ` (line ${line})`}`, {
      hint: 'Check its indentation and quotes.',
      at: path,
    })
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

/** Returns a scalar as text, because YAML reads `password: 12345` as a number. Undefined for anything else. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
