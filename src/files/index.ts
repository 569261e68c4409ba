export { type LineLog, openLineLog } from './append.js'
export { CommandError, type CommandLimits, commandOutput } from './command.js'
export {
  chownCommand,
  errorCode,
  fileError,
  isMissing,
  UnreadableFileError,
  unreadableReason,
} from './failure.js'
export { type FileList, listFiles } from './list.js'
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
export { parseYaml, readYaml, UnreadableYamlError, type YamlPosition, type YamlText } from './yaml.js'
