import type { ProviderProfile } from './types.js'

/** By the standard, with all tolerance; what it refuses is learnt. */
export const unknownProvider: ProviderProfile = {
  name: 'unknown',
  title: 'a provider without known peculiarities',
  signs: [],
  model: 'json',
  read: 'json',
  write: 'json',
  collections: 'entities',
  quirks: [],
}
