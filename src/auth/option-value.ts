import type { AuthContext } from './types.js'

/** The value of an option; undefined if it is empty, as `export OS_PROJECT_ID=` in openrc files leaves it. */
export function optionValue(context: Pick<AuthContext, 'option'>, name: string): string | undefined {
  const value = context.option(name)
  return value === undefined || value === '' ? undefined : value
}
