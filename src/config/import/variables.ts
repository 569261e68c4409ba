/**
 * Maps environment variables of other clients (OS_…, OCCI_…) to settings by the `env` names in their
 * definitions.
 */
import { indexDefinitions } from '../definitions.js'
import { flagOf, isCommand, nameOfVariable } from '../names.js'
import type { SettingDefinition } from '../types.js'

/** The result of an import. */
export interface Imported {
  /** The context's name, if the source has one. */
  readonly name?: string
  readonly settings: Readonly<Record<string, string>>
  /** Variables that were not used, each with the reason and without its value. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * `OCCI_FOO_BAR` becomes `foo-bar`; any other variable becomes the setting whose definition lists it in
 * `env`. If several variables set one setting, the one that the definition lists first wins.
 */
export function settingsFromVariables(
  variables: ReadonlyMap<string, string>,
  list: Iterable<SettingDefinition>,
): Imported {
  const definitions = indexDefinitions(list)
  const settings = new Map<string, string>()
  const used = new Set<string>()
  for (const { name, env = [], transient } of definitions.all()) {
    if (transient === true || neverKept(name)) continue
    for (const [variable, value] of variables) {
      if (nameOfVariable(variable) === name && value !== '') {
        settings.set(name, value)
        used.add(variable)
      }
    }
    for (const variable of env) {
      const value = variables.get(variable)
      if (value === undefined || value === '') continue
      used.add(variable)
      if (!settings.has(name)) settings.set(name, value)
    }
  }
  if (!settings.has('auth') && variables.get('OS_AUTH_URL')) settings.set('auth', 'keystone')
  return {
    settings: Object.fromEntries(settings),
    ignored: [...variables.keys()]
      .filter((variable) => !used.has(variable))
      .map((variable) => ({ name: variable, reason: reasonFor(variable) })),
  }
}

/** An imported file must not introduce a command that occi later runs, or a header that it later sends. */
function neverKept(name: string): boolean {
  return isCommand(name) || name === 'header'
}

function reasonFor(variable: string): string {
  const name = nameOfVariable(variable)
  if (name === undefined || !neverKept(name)) return 'occi has no setting for it'
  return isCommand(name)
    ? `a command is not taken from a file; if it is yours: occi context set NAME ${flagOf(name)} COMMAND`
    : 'headers are not kept in contexts'
}
