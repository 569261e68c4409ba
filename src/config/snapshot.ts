/** The configuration file config.json: its format, and reading it, which every command does. */
import { join } from 'node:path'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import { readStoredFile, type StoredFormat } from './store.js'
import type { Aliases, AliasFamily, Context } from './types.js'

export const aliasFamilies = ['os', 'size', 'network'] as const satisfies readonly AliasFamily[]

/** The members of config.json. Changes preserve all others. */
type Configuration = {
  current?: string
  version?: unknown
  contexts: Record<string, StoredContext>
}

/** A context's settings by name, and its aliases in the member `aliases`. */
export type StoredContext = { [setting: string]: string | Aliases }

/** The schema of a setting. Users write numbers and switches without quotes; they are read as text. */
const settingSchema = { type: ['string', 'number', 'boolean'] } as const

const aliasesSchema = {
  type: 'object',
  properties: Object.fromEntries(
    aliasFamilies.map((family) => [family, { type: 'object', additionalProperties: settingSchema }]),
  ),
  additionalProperties: false,
} as const

export const configuration: StoredFormat<Configuration> = {
  schema: {
    current: { type: 'string' },
    contexts: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: { aliases: aliasesSchema },
        additionalProperties: settingSchema,
      },
    },
  },
  defaults: { contexts: {} },
  version: '1.0.0',
  migrations: {
    // Earlier releases stored a member `version`, which has no meaning any more.
    '1.0.0': (conf) => conf.delete('version'),
  },
}

export interface ContextsSnapshot {
  /** The path of config.json, even if there is no such file. */
  readonly file: string
  readonly current: string | undefined
  readonly contexts: readonly Context[]
}

export interface ContextsOptions {
  /** Folders.config. */
  readonly folder: string
  readonly platform: NodeJS.Platform
  readonly isSecret: (setting: string) => boolean
}

/**
 * Reads config.json; the result is empty when it is missing. Throws ConfigError when it is malformed, or when others
 * may read it although it contains secrets.
 */
export async function readContexts(options: ContextsOptions): Promise<ContextsSnapshot> {
  const file = configFile(options.folder)
  const { content, mode } = readStoredFile(file, options.platform === 'win32' ? { uid: undefined } : {})
  const { current, contexts } = requireRecord(file, content, 'the file')
  if (current !== undefined && typeof current !== 'string')
    throw malformedFile(file, '"current" is not a string')
  const snapshot = { file, current, contexts: contextsIn(file, contexts) }
  refuseIfExposed(snapshot, options, mode)
  return snapshot
}

export function configFile(folder: string): string {
  return join(folder, 'config.json')
}

function contextsIn(file: string, contexts: unknown): readonly Context[] {
  if (contexts === undefined) return []
  return Object.entries(requireRecord(file, contexts, '"contexts"')).map(([name, content]) => {
    const { aliases, ...settings } = requireRecord(file, content, `context ${name}`)
    return {
      name,
      settings: stringsIn(file, settings, (key) => `${key} of context ${name}`),
      ...(aliases !== undefined && { aliases: aliasesIn(file, aliases, `aliases of context ${name}`) }),
    }
  })
}

function aliasesIn(file: string, value: unknown, description: string): Aliases {
  return Object.fromEntries(
    Object.entries(requireRecord(file, value, description)).map(([family, names]) => {
      if (!aliasFamilies.some((aliasFamily) => aliasFamily === family)) {
        throw malformedFile(file, `${description} are for ${aliasFamilies.join(', ')}, not for "${family}"`)
      }
      const familyDescription = `${family} in the ${description}`
      return [
        family,
        stringsIn(
          file,
          requireRecord(file, names, familyDescription),
          (alias) => `${alias} of ${familyDescription}`,
        ),
      ]
    }),
  )
}

function stringsIn(
  file: string,
  values: Readonly<Record<string, unknown>>,
  describe: (name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, requireText(file, describe(name), value)]),
  )
}

function requireText(file: string, description: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw malformedFile(file, `${description} is not a string`)
}

function requireRecord(file: string, value: unknown, description: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw malformedFile(file, `${description} is not a JSON object`)
}

function malformedFile(file: string, problem: string): ConfigError {
  return new ConfigError(`${file} is not an occi configuration: ${problem}.`, {
    at: file,
    hint: 'Repair the file or move it away; it is never overwritten.',
  })
}

function refuseIfExposed(
  { file, contexts }: ContextsSnapshot,
  options: ContextsOptions,
  mode: number | undefined,
): void {
  if (mode === undefined || (mode & 0o077) === 0) return
  const contextWithSecret = contexts.find(({ settings }) => Object.keys(settings).some(options.isSecret))
  if (contextWithSecret === undefined) return
  throw new ConfigError(
    `${file} contains secrets (context ${contextWithSecret.name}) and others can read it: its mode is ${mode.toString(8).padStart(4, '0')}.`,
    { at: file, hint: `Run: chmod 600 ${shellWord(file)}` },
  )
}
