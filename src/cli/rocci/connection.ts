/** Converts rOCCI's connection options to settings. */
import { omitUndefined } from '../../basics/objects.js'
import type { Parsed } from './optparse.js'

const renamed: Readonly<Record<string, string>> = {
  timeout: 'timeout',
  'ca-path': 'ca-path',
  'ca-file': 'ca-file',
  username: 'username',
}

/** Settings by name, as if they were options of the regular form. */
export function connectionSettings(
  { values }: Parsed,
  environment: (name: string) => string | undefined,
): Record<string, string> {
  const settings: Record<string, string> = {}
  const endpoint =
    values.get('endpoint') ?? (environment('OCCI_ENDPOINT') ? undefined : 'http://localhost:3000')
  if (endpoint !== undefined) settings['endpoint'] = endpoint
  for (const [theirs, ours] of Object.entries(renamed)) {
    const value = values.get(theirs)
    if (value !== undefined) settings[ours] = value
  }
  if (values.has('skip-ca-check')) settings['insecure'] = 'true'
  settings['media-type'] = mediaTypes[values.get('media-type') ?? ''] ?? 'text/plain'
  return { ...settings, ...authentication(values) }
}

/** rOCCI's JSON is the dialect of OCCI 1.1. Its default, `text/plain,text/occi`, is sent as text/plain. */
const mediaTypes: Readonly<Record<string, string>> = {
  'application/occi+json': 'json-1.1',
  'text/occi': 'text/occi',
}

/**
 * rOCCI used Keystone when basic, digest or x509 were refused with a Keystone challenge, as `auto` does.
 * The first request has the credentials, as in rOCCI. Plain http is accepted because the user named both
 * method and URL.
 */
function authentication(values: Parsed['values']): Record<string, string> {
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
