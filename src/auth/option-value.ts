import type { AuthContext } from './types.js'

/** Returns the value of an option; undefined if it is missing or empty (openrc files have `export OS_PROJECT_ID=`). */
export function optionValue(context: Pick<AuthContext, 'option'>, name: string): string | undefined {
  const value = context.option(name)
  return value === undefined || value === '' ? undefined : value
}
