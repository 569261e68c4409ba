/** The configuration file config.json: its format, and the part that every command reads. */
import { join } from 'node:path'
import { shellWord } from '../basics/shell-word.js'
import { ConfigError } from '../errors/errors.js'
import { readStored, type StoredFormat } from './store.js'
import type { Aliases, AliasFamily, Context } from './types.js'

export const aliasFamilies = ['os', 'size', 'network'] as const satisfies readonly AliasFamily[]

/** The members of config.json; others are preserved. */
type Configuration = {
  current?: string
  version?: unknown
  contexts: Record<string, StoredContext>
}

/** A context's settings by name, and its aliases in the member `aliases`. */
export type StoredContext = { [setting: string]: string | Aliases }

/** Users write numbers and switches without quotes; they are read as text. */
const setting = { type: ['string', 'number', 'boolean'] } as const

const aliases = {
  type: 'object',
  properties: Object.fromEntries(
    aliasFamilies.map((family) => [family, { type: 'object', additionalProperties: setting }]),
  ),
  additionalProperties: false,
} as const

export const configuration: StoredFormat<Configuration> = {
  schema: {
    current: { type: 'string' },
    contexts: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { aliases }, additionalProperties: setting },
    },
  },
  defaults: { contexts: {} },
  version: '1.0.0',
  migrations: {
    // Earlier releases stored a version member of their own.
    '1.0.0': (conf) => conf.delete('version'),
  },
}

export interface ContextsSnapshot {
  /** Path of config.json, whether it exists or not. */
  readonly file: string
  readonly current: string | undefined
  readonly contexts: readonly Context[]
}

export interface ContextsPlace {
  /** Folders.config. */
  readonly folder: string
  readonly platform: NodeJS.Platform
  readonly isSecret: (setting: string) => boolean
}

/**
 * The content of config.json; empty when it is missing. Throws ConfigError when it is malformed (with file
 * and position), or when others may read it although it contains secrets (with the chmod to run).
 */
export async function readContexts(place: ContextsPlace): Promise<ContextsSnapshot> {
  const file = configFile(place.folder)
  const { content, mode } = readStored(file, place.platform === 'win32' ? { uid: undefined } : {})
  const { current, contexts } = record(file, content, 'the file')
  if (current !== undefined && typeof current !== 'string') throw malformed(file, '"current" is not a string')
  const snapshot = { file, current, contexts: contextsIn(file, contexts) }
  refuseIfExposed(snapshot, place, mode)
  return snapshot
}

export function configFile(folder: string): string {
  return join(folder, 'config.json')
}

function contextsIn(file: string, contexts: unknown): readonly Context[] {
  if (contexts === undefined) return []
  return Object.entries(record(file, contexts, '"contexts"')).map(([name, content]) => {
    const { aliases, ...settings } = record(file, content, `context ${name}`)
    return {
      name,
      settings: stringsIn(file, settings, (key) => `${key} of context ${name}`),
      ...(aliases !== undefined && { aliases: aliasesIn(file, aliases, `aliases of context ${name}`) }),
    }
  })
}

function aliasesIn(file: string, value: unknown, what: string): Aliases {
  return Object.fromEntries(
    Object.entries(record(file, value, what)).map(([family, names]) => {
      if (!aliasFamilies.some((known) => known === family)) {
        throw malformed(file, `${what} are for ${aliasFamilies.join(', ')}, not for "${family}"`)
      }
      const whose = `${family} in the ${what}`
      return [family, stringsIn(file, record(file, names, whose), (alias) => `${alias} of ${whose}`)]
    }),
  )
}

function stringsIn(
  file: string,
  values: Readonly<Record<string, unknown>>,
  what: (name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, scalar(file, what(name), value)]),
  )
}

function scalar(file: string, what: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw malformed(file, `${what} is not a string`)
}

function record(file: string, value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw malformed(file, `${what} is not a JSON object`)
}

function malformed(file: string, what: string): ConfigError {
  return new ConfigError(`${file} is not an occi configuration: ${what}.`, {
    at: file,
    hint: 'Repair the file or move it away; it is never overwritten.',
  })
}

function refuseIfExposed(
  { file, contexts }: ContextsSnapshot,
  place: ContextsPlace,
  mode: number | undefined,
): void {
  if (mode === undefined || (mode & 0o077) === 0) return
  const exposed = contexts.find(({ settings }) => Object.keys(settings).some(place.isSecret))
  if (exposed === undefined) return
  throw new ConfigError(
    `${file} holds secrets (context ${exposed.name}) and others can read it: its mode is ${mode.toString(8).padStart(4, '0')}.`,
    { at: file, hint: `Run: chmod 600 ${shellWord(file)}` },
  )
}
