/** Indexes the definitions of settings by name. Several auth plugins declare the same option (`token`, `password`). */

import { isCommand } from '../settings/names.js'
import type { Sensitivity } from '../settings/trust.js'
import type { SettingDefinition } from './types.js'

export interface Definitions {
  get(name: string): SettingDefinition | undefined
  all(): readonly SettingDefinition[]
  isSecret(name: string): boolean
  /** Also works for settings that are not declared. */
  sensitivityOf(name: string): Sensitivity
}

/** Indexes definitions by name. The first of a name takes precedence; environment variables of later ones are added. */
export function indexDefinitions(definitions: Iterable<SettingDefinition>): Definitions {
  const byName = new Map<string, SettingDefinition>()
  for (const definition of definitions) {
    const existing = byName.get(definition.name)
    byName.set(definition.name, existing === undefined ? definition : mergeDefinitions(existing, definition))
  }
  const sensitivityOf = (name: string) => byName.get(name)?.sensitivity ?? guessSensitivity(name)
  return {
    get: (name) => byName.get(name),
    all: () => [...byName.values()],
    isSecret: (name) => sensitivityOf(name) === 'secret',
    sensitivityOf,
  }
}

/**
 * Guesses the sensitivity of an undeclared setting, such as one of an uninstalled plugin, by its name. Untrusted files
 * may set neither of the two results.
 */
function guessSensitivity(name: string): Sensitivity {
  if (name === 'context') return 'harmless'
  const soundsSecret = /password|secret|token|passphrase|passcode/.test(name)
  return soundsSecret && !isCommand(name) && !/-file$|-url$|-header$/.test(name) ? 'secret' : 'pointer'
}

function mergeDefinitions(first: SettingDefinition, second: SettingDefinition): SettingDefinition {
  const env = [...new Set([...(first.env ?? []), ...(second.env ?? [])])]
  return {
    ...first,
    ...(env.length > 0 && { env }),
    ...(first.default === undefined && second.default !== undefined && { default: second.default }),
  }
}
