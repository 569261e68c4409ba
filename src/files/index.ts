export { type FilesBelow, filesBelow } from './below.js'
export { type Purpose, purposes } from './purposes.js'
export {
  isWritableByOthers,
  type PipePatience,
  readBytes,
  readRegular,
  readStream,
  UnreadableFileError,
  whyUnreadable,
} from './read.js'
export { parseYaml, UnreadableYamlError, type YamlRules } from './yaml.js'
