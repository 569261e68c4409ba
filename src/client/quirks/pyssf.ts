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
  quirks: pyssfFamily,
}
