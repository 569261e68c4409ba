import type { ProviderProfile } from './types.js'

/** The profile of unknown providers: follows the standard and tolerates deviations. */
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
