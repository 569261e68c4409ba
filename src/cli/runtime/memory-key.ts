/** The key under which completion stores data about a provider. */
import type { Settings } from '../../config/types.js'

/** Identifies the provider in the caches of completion, which never logs in. */
export function memoryKey(settings: Settings, environment: (name: string) => string | undefined): string {
  const named = settings.get('endpoint')
  if (named !== undefined && named !== '') return named
  const other = ['os-cloud', 'auth-url']
    .map((name) => settings.get(name))
    .concat(['OS_CLOUD', 'OS_AUTH_URL', 'OS_REGION_NAME'].map((name) => environment(name)))
  return other.every((value) => value === undefined || value === '') ? '' : JSON.stringify(other)
}
