/** Definitions by name. Several auth plugins declare the same option (`token`, `password`). */
import { isCommand } from './names.js'
import type { SettingDefinition } from './types.js'

export interface Definitions {
  get(name: string): SettingDefinition | undefined
  all(): readonly SettingDefinition[]
  isSecret(name: string): boolean
}

/** The first declaration counts; variables of the others are read as well, and secret is who says so once. */
export function indexDefinitions(definitions: Iterable<SettingDefinition>): Definitions {
  const byName = new Map<string, SettingDefinition>()
  for (const definition of definitions) {
    const earlier = byName.get(definition.name)
    byName.set(definition.name, earlier === undefined ? definition : merge(earlier, definition))
  }
  return {
    get: (name) => byName.get(name),
    all: () => [...byName.values()],
    isSecret: (name) => byName.get(name)?.secret ?? looksSecret(name),
  }
}

/** For settings that nobody declared, e.g. of a plugin that is no longer there. */
function looksSecret(name: string): boolean {
  return (
    !isCommand(name) &&
    !/-file$|-url$|-header$/.test(name) &&
    /password|secret|token|passphrase|passcode/.test(name)
  )
}

function merge(first: SettingDefinition, other: SettingDefinition): SettingDefinition {
  const env = [...new Set([...(first.env ?? []), ...(other.env ?? [])])]
  return {
    ...first,
    ...(env.length > 0 && { env }),
    ...(other.secret === true && { secret: true }),
    ...(first.default === undefined && other.default !== undefined && { default: other.default }),
  }
}
