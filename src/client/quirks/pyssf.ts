import { pyssfFamily } from './pyssf-family.js'
import type { ProviderProfile } from './types.js'

export const pyssf: ProviderProfile = {
  name: 'pyssf',
  title: 'pyssf (Service Sharing Facility)',
  signs: [{ by: 'server', pattern: /^pyssf\b/i }],
  model: 'text/plain',
  read: 'text/plain',
  write: 'text/plain',
  collections: 'locations',
  quirks: [
    ...pyssfFamily,
    {
      name: 'starts-nothing',
      why: 'New entities stay inactive or offline until an action starts them.',
      source: 'Q57',
      effect: {
        states: {
          compute: { lasting: { inactive: 'start', suspended: 'start' } },
          network: { lasting: { inactive: 'up' } },
          storage: { lasting: { offline: 'online' } },
        },
      },
    },
  ],
}
