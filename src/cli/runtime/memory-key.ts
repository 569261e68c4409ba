/** The key of a provider in the caches of completion. */
import type { Settings } from '../../config/types.js'

/**
 * The endpoint, or else the settings from which a login would find it in Keystone's catalogue: completion never logs
 * in. Empty if there are none.
 */
export function memoryKey(settings: Settings, environment: (name: string) => string | undefined): string {
  const endpoint = settings.get('endpoint')
  if (endpoint !== undefined && endpoint !== '') return endpoint
  const alternatives = ['os-cloud', 'auth-url']
    .map((name) => settings.get(name))
    .concat(['OS_CLOUD', 'OS_AUTH_URL', 'OS_REGION_NAME'].map((name) => environment(name)))
  return alternatives.every((value) => value === undefined || value === '')
    ? ''
    : JSON.stringify(alternatives)
}
