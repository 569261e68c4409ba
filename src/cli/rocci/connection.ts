/** Converts rOCCI's connection options to settings. */
import { omitUndefined } from '../../basics/objects.js'
import type { ParsedOptions } from './optparse.js'

/** Options of rOCCI that have the name of the setting. */
const unchangedNames = ['timeout', 'ca-path', 'ca-file', 'username']

/** The settings by name, with the values that options of the regular form would set. */
export function connectionSettings(
  { values }: ParsedOptions,
  environment: (name: string) => string | undefined,
): Record<string, string> {
  const settings: Record<string, string> = {}
  const endpoint =
    values.get('endpoint') ?? (environment('OCCI_ENDPOINT') ? undefined : 'http://localhost:3000')
  if (endpoint !== undefined) settings['endpoint'] = endpoint
  for (const name of unchangedNames) {
    const value = values.get(name)
    if (value !== undefined) settings[name] = value
  }
  if (values.has('skip-ca-check')) settings['insecure'] = 'true'
  settings['media-type'] = mediaTypes[values.get('media-type') ?? ''] ?? 'text/plain'
  return { ...settings, ...authentication(values) }
}

/** Renderings by rOCCI's names. Its default, `text/plain,text/occi`, is sent as text/plain. */
const mediaTypes: Readonly<Record<string, string>> = {
  'application/occi+json': 'json-1.1',
  'text/occi': 'text/occi',
}

/**
 * If a server rejects basic, digest or x509 with a Keystone challenge, rOCCI used Keystone, as `auto` does. The
 * first request carries the credentials, as in rOCCI. Plain http is accepted because the user chose both the
 * method and the URL.
 */
function authentication(values: ParsedOptions['values']): Record<string, string> {
  const method = values.get('auth') ?? 'none'
  const password = values.get('password')
  const token = values.get('token')
  switch (method) {
    case 'basic':
    case 'digest':
      return {
        auth: 'auto',
        'first-method': method,
        'allow-plain-http': 'true',
        'project-auto': 'true',
        username: values.get('username') ?? 'anonymous',
        ...omitUndefined({ password }),
      }
    case 'x509':
      return {
        auth: 'auto',
        'first-method': method,
        'project-auto': 'true',
        'user-cred': values.get('user-cred') ?? '~/.globus/usercred.pem',
        ...omitUndefined({ passphrase: password }),
        ...(values.has('voms') ? { voms: 'true' } : {}),
      }
    case 'token':
      return { auth: 'token', ...omitUndefined({ token }) }
    case 'oauth2':
      return {
        auth: 'keystone',
        'identity-provider': 'egi.eu',
        protocol: 'oidc',
        'project-auto': 'true',
        ...omitUndefined({ 'access-token': token }),
      }
    default:
      return { auth: 'none' }
  }
}
