/** Combines the quirks of a provider. */
import type { Effects, ProviderProfile } from './types.js'

/** The effects for a provider without quirks: those of the standard. */
export const standardEffects: Effects = {
  memoryUnit: 'GiB',
  createId: 'server',
  chosenIds: 'unknown',
  jsonCore: 'members',
  rocciJson: 'read',
  requests: 'bodies',
  inlineLinks: 'inline',
  linkedAfterwards: [],
  refusedInline: undefined,
  filters: 'none',
  membership: 'collection',
  requiredAttributes: 'enforced',
  definitionRendering: undefined,
  collectionDelete: 'tried',
  dissociate: 'works',
  update: 'post',
  mixinUpdates: 'in-update',
  updateHint: undefined,
  unlinkHints: {},
  titleCharacters: 'any',
  createNotes: {},
  chosenPath: 'location',
  listing: 'text/uri-list',
  pageSize: undefined,
  arrayTypes: 'arrays',
  actionDefaults: {},
  attributeDefaults: [],
  keyPairName: 'fingerprint',
  attributeNames: {},
  wholeNumbers: [],
  nameStorage: {},
  states: {},
  updateAnswer: 'current',
}

/** Returns the effects of all quirks in a profile; a later quirk takes precedence. */
export function effectsOf(profile: ProviderProfile): Effects {
  return Object.assign({}, standardEffects, ...profile.quirks.map(({ effect }) => effect ?? {}))
}
