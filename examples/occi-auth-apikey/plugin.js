/**
 * A site that wants an API key in the header X-Api-Key.
 *
 * @type {import('occi-cli').AuthPlugin}
 */
export const plugin = {
  name: 'apikey',
  description: 'an API key in X-Api-Key',
  // Each option is read from OCCI_API_KEY or a context; a secret one is asked for on a terminal.
  options: [{ name: 'api-key', description: 'the key', secret: true }],

  // Turns options into credentials. Throw an Error (better: AuthError of occi-cli) when something is missing.
  async authenticate(context) {
    const key = await context.secret('api-key', 'API key')
    if (key === undefined) throw new Error('Set OCCI_API_KEY')
    context.trail('using the API key that was given')
    return {
      // Who this is: part of cache keys, never a secret.
      identity: 'apikey',
      // Kept out of -v and --trace.
      secretHeaders: ['X-Api-Key'],
      // Header pairs for each request to the endpoint, and to no other host.
      sign: async () => [['X-Api-Key', key]],
      // For `occi auth status`. No secrets here either.
      describe: () => ({ method: 'apikey' }),
    }
  },
}
