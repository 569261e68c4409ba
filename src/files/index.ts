export { type LineLog, openLineLog } from './append.js'
export { type FilesBelow, filesBelow } from './below.js'
export { CommandError, type CommandLimits, commandOutput } from './command.js'
export {
  chownCommand,
  errorCode,
  fileError,
  isMissing,
  UnreadableFileError,
  whyUnreadable,
} from './failure.js'
export { withLock as locked } from './lock.js'
export { type Purpose, purposes } from './purposes.js'
export {
  isWritableByOthers,
  type PipeTimeouts as PipePatience,
  readBytes,
  readIfExists as readIfThere,
  readRegular,
  readStream,
} from './read.js'
export {
  createFolder as makeFolder,
  PRIVATE_FILE,
  resolveLinks as throughLinks,
  writeAtomically,
} from './write.js'
export { parseYaml, readYaml, UnreadableYamlError, type YamlPlace, type YamlText } from './yaml.js'
