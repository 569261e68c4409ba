/** The Keystone plugin. Every command loads this file for its options, so login.js is loaded only for a login. */
import type { AuthPlugin } from '../types.js'
import { keystoneOptions } from './options.js'

export const keystone: AuthPlugin = {
  name: 'keystone',
  description:
    'OpenStack Keystone v3 and v2.0: password, token, application credential, totp, VOMS, OpenID Connect',
  options: keystoneOptions,
  authenticate: async (context) => (await import('./login.js')).authenticate(context),
}
