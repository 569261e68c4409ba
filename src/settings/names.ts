/** Derives the environment variable from a setting's name, which is also its flag and its key in a context. */

/** `foo-bar` → `OCCI_FOO_BAR`. */
export function environmentName(name: string): string {
  return `OCCI_${name.toUpperCase().replaceAll('-', '_')}`
}

/** `OCCI_FOO_BAR` → `foo-bar`; undefined for another variable. */
export function nameOfVariable(variable: string): string | undefined {
  if (!variable.startsWith('OCCI_') || variable.length === 'OCCI_'.length) return undefined
  return variable.slice('OCCI_'.length).toLowerCase().replaceAll('_', '-')
}

/** Whether the setting's value is a command. It runs as the user, and its output is a secret. */
export function isCommand(name: string): boolean {
  return name.endsWith('-command')
}
