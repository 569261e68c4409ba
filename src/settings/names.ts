/** Converts between the name of a setting, which is also its flag and its key in a context, and its variable. */

/** Returns the environment variable of a setting: `OCCI_FOO_BAR` for `foo-bar`. */
export function environmentName(name: string): string {
  return `OCCI_${name.toUpperCase().replaceAll('-', '_')}`
}

/** Returns the setting of an environment variable: `foo-bar` for `OCCI_FOO_BAR`; undefined for another variable. */
export function nameOfVariable(variable: string): string | undefined {
  if (!variable.startsWith('OCCI_') || variable.length === 'OCCI_'.length) return undefined
  return variable.slice('OCCI_'.length).toLowerCase().replaceAll('_', '-')
}

/** Whether the value of a setting is a command that prints a secret. */
export function isCommand(name: string): boolean {
  return name.endsWith('-command')
}
