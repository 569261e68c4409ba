/** Maps environment variables (OS_…, OCCI_…) to settings by the `env` names in their definitions. */
import { isCommand, nameOfVariable } from '../../settings/names.js'
import { switchWord } from '../../settings/switch.js'
import { indexDefinitions } from '../definitions.js'
import type { SettingDefinition } from '../types.js'

/** The settings from a file of another client. */
export interface ImportResult {
  /** The name for the context, if the file contains one. */
  readonly name?: string
  readonly settings: Readonly<Record<string, string>>
  /** Variables that were not used, each with the reason and without its value. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * Returns the settings that variables set: `OCCI_FOO_BAR` sets `foo-bar`, any other variable the setting whose
 * definition lists it in `env`. If several set the same one, OCCI_… takes precedence, and then the first in `env`.
 */
export function settingsFromVariables(
  variables: ReadonlyMap<string, string>,
  definitionList: Iterable<SettingDefinition>,
): ImportResult {
  const definitions = indexDefinitions(definitionList)
  const settings = new Map<string, string>()
  const ignored = new Map<string, string>([...variables.keys()].map((name) => [name, unknownReason]))
  for (const definition of definitions.all()) {
    const { name, env = [], transient } = definition
    if (transient === true) continue
    const ownVariables = [...variables.keys()].filter((variable) => nameOfVariable(variable) === name)
    for (const variable of [...ownVariables, ...env]) {
      const value = variables.get(variable)
      if (value === undefined || value === '') continue
      const reason = refusalReason(definition, value)
      if (reason === undefined) ignored.delete(variable)
      else ignored.set(variable, reason)
      if (reason === undefined && !settings.has(name) && !isHarmlessOff(definition, value))
        settings.set(name, value)
    }
  }
  if (!settings.has('auth') && variables.get('OS_AUTH_URL')) settings.set('auth', 'keystone')
  return {
    settings: Object.fromEntries(settings),
    ignored: [...ignored].map(([name, reason]) => ({ name, reason })),
  }
}

const unknownReason = 'occi has no setting for it'

/**
 * The settings that may be imported although they name files: certificates, whose keys stay on this machine, and CAs.
 */
const importablePaths: ReadonlySet<string> = new Set([
  'user-cert',
  'user-key',
  'user-cred',
  'ca-file',
  'ca-path',
])

/**
 * Returns the reason why an imported file may not set this; undefined if it may. Files often come from other people.
 * They must not add a command that occi would run or a header that it would send, give access to a secret of the user,
 * or disable a check.
 */
function refusalReason({ name, sensitivity }: SettingDefinition, value: string): string | undefined {
  if (name === 'header') return 'headers are not stored in contexts'
  if (importablePaths.has(name)) return undefined
  const allow = (word: string) => `occi context set NAME --${name}${word}`
  if (isCommand(name)) return `a command is not taken from a file; if it is yours: ${allow(' COMMAND')}`
  if (sensitivity === 'pointer') {
    return `it gives access to one of your secrets; to set it anyway: ${allow(' VALUE')}`
  }
  if (sensitivity !== 'check' || switchWord(value) === false) return undefined
  return `it disables a security check; to set it anyway: ${allow(switchWord(value) === true ? '' : ' VALUE')}`
}

/** Whether the value only confirms a default: `OS_INSECURE=false`. */
function isHarmlessOff({ sensitivity }: SettingDefinition, value: string): boolean {
  return sensitivity === 'check' && switchWord(value) === false
}
