export type { Batched } from '../basics/batched.js'
export { findAmong, needsListing } from './addressing.js'
export { type Client, OcciClient } from './client.js'
export { connectionsFor, defaultConcurrency, mapInOrder } from './concurrency.js'
export { type ConnectSettings, connect } from './connect.js'
export {
  type ContextMixins,
  type ContextSlot,
  type Contextualization,
  type ContextValues,
  contextMixins,
  contextualize,
} from './contextualization.js'
export { type Difference, type DifferenceNote, sameValue } from './differences.js'
export { refusal } from './errors.js'
export { linkKinds, linkSourceKinds, linkTargetKinds, resourceKinds } from './link-kind.js'
export { lastSegment, locationKey, sameLocation } from './locations.js'
export { goalOf } from './operations/wait.js'
export { profiles as providerProfiles } from './quirks/registry.js'
export type { ProviderProfile, Quirk } from './quirks/types.js'
export type * from './types.js'
export { isUnclear } from './uncertain.js'
