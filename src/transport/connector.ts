import type { buildConnector } from 'undici'
import type { WireSettings } from './settings.js'
import { tlsOptions } from './tls.js'

/** Makes the connections of one pool. */
export function openConnector(
  settings: WireSettings,
  build: typeof buildConnector,
): buildConnector.connector {
  const options = { ...tlsOptions(settings.tls), timeout: settings.connectTimeout, allowH2: false }
  return build(options as buildConnector.BuildOptions)
}
