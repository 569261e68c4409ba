export { type Client, OcciClient } from './client.js'
export { connectionsFor, defaultConcurrency, mapInOrder } from './concurrency.js'
export { connect } from './connect.js'
export {
  type ContextSlot,
  contextMixins,
  contextualize,
} from './contextualization.js'
export { type DifferenceNote, sameValue } from './differences.js'
export { refusal } from './errors.js'
export { linkKinds, linkSourceKinds, linkTargetKinds, listableResourceKinds } from './link-kind.js'
export { lastSegment, locationKey, sameLocation } from './locations.js'
export { findAmong, needsListing } from './operations/find.js'
export { goalOf } from './operations/wait.js'
export { profiles as providerProfiles } from './quirks/registry.js'
export type * from './types.js'
export { isUnclear } from './uncertain.js'
