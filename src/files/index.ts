export { type LineLog, openLineLog } from './append.js'
export { type FilesBelow, filesBelow } from './below.js'
export { CommandError, type CommandLimits, commandOutput } from './command.js'
export {
  chownCommand as takeOver,
  errorCode,
  fileError,
  isMissing,
  UnreadableFileError,
  whyUnreadable,
} from './failure.js'
export { locked } from './lock.js'
export { type Purpose, purposes } from './purposes.js'
export {
  isWritableByOthers,
  type PipePatience,
  readBytes,
  readIfThere,
  readRegular,
  readStream,
} from './read.js'
export { makeFolder, PRIVATE_FILE, throughLinks, writeAtomically } from './write.js'
export { parseYaml, readYaml, UnreadableYamlError, type YamlPlace, type YamlText } from './yaml.js'
