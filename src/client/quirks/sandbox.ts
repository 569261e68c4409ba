import type { ProviderProfile } from './types.js'

export const sandbox: ProviderProfile = {
  name: 'sandbox',
  title: 'the practice cloud of occi',
  signs: [{ by: 'server', pattern: /^occi-sandbox\b/ }],
  model: 'json',
  read: 'json',
  write: 'json',
  collections: 'entities',
  quirks: [
    {
      name: 'filters-in-headers',
      why: 'Filters in request headers are understood, as the standard requires, so the server filters rather than the client.',
      source: 'GFD.223 §5.6',
      effect: { filters: 'headers' },
    },
  ],
}
