/** The rule that ties flag, environment variable and context key of a setting together. */

/** `foo-bar` → `OCCI_FOO_BAR`. */
export function variableOf(name: string): string {
  return `OCCI_${name.toUpperCase().replaceAll('-', '_')}`
}

/** `foo-bar` → `--foo-bar`. */
export function flagOf(name: string): string {
  return `--${name}`
}

/** `OCCI_FOO_BAR` → `foo-bar`; undefined for another variable. */
export function nameOfVariable(variable: string): string | undefined {
  if (!variable.startsWith('OCCI_') || variable.length === 'OCCI_'.length) return undefined
  return variable.slice('OCCI_'.length).toLowerCase().replaceAll('_', '-')
}

/** Settings whose value is a command to run: what they print is a secret, and they run as the user. */
export function isCommand(name: string): boolean {
  return name.endsWith('-command')
}
