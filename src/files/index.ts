export { type LineLog, openLineLog } from './append.js'
export { type FilesBelow, filesBelow } from './below.js'
export { CommandError, type CommandLimits, commandOutput } from './command.js'
export {
  chownCommand,
  errorCode,
  fileError,
  isMissing,
  UnreadableFileError,
  unreadableReason as whyUnreadable,
} from './failure.js'
export { withLock } from './lock.js'
export { type Purpose, purposes } from './purposes.js'
export {
  isWritableByOthers,
  type PipeTimeouts,
  readBytes,
  readIfExists,
  readRegular,
  readStream,
} from './read.js'
export {
  createFolder,
  PRIVATE_FILE,
  resolveLinks,
  writeAtomically,
} from './write.js'
export { parseYaml, readYaml, UnreadableYamlError, type YamlPlace, type YamlText } from './yaml.js'
