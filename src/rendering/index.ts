export { defaultLimits } from './diagnostics.js'
export { describePlace, ParseError } from './error.js'
export { errorWords, isHtml } from './error-words.js'
export { type CollectionReader, collectionReader, type Member } from './json/collection.js'
export * from './media.js'
export { type ReadOptions, readMessage } from './read.js'
export { isRenderingName, renderingFor, renderings } from './renderings.js'
export {
  type LocationBlock,
  type LocationReader,
  locationReader,
  locationsOf,
  readLocations,
} from './stream.js'
export type * from './types.js'
