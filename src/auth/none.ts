import type { AuthPlugin, Credentials } from './types.js'

/** The method that sends no credentials. */
export const none: AuthPlugin = {
  name: 'none',
  description: 'no credentials',
  options: [],
  authenticate: async () => anonymous,
}

export const anonymous: Credentials = {
  identity: 'anonymous',
  sign: async () => [],
  describe: () => ({ method: 'none' }),
}
