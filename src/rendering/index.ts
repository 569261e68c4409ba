/** Reads and prints the renderings of OCCI: text, uri-list and JSON. */
export { describePlace, ParseError } from './error.js'
export { errorMessage, isXml } from './error-message.js'
export { collectionReader, type Member } from './json/collection.js'
export { locationReader } from './location-reader.js'
export * from './media.js'
export { readMessage } from './reader.js'
export {
  entityRenderings,
  isRenderingName,
  type RenderingName,
  renderingFor,
  renderingNames,
  renderings,
} from './renderings.js'
export { readFields } from './text/index.js'
export type { RawAttributes, RawCategory, RawLink, TextMessage } from './text/message.js'
export type * from './types.js'
