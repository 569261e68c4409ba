export { type Caches, type ExpiringCache, type NoteStore, openCaches } from './cache.js'
export { cacheName } from './cache-name.js'
export { type Contexts, isContextName, openContexts } from './contexts.js'
export { type Definitions, indexDefinitions } from './definitions.js'
export { folders, homeFolder, workingFolder } from './folders.js'
export { type CloudsFile, cloudNames, readClouds } from './import/clouds.js'
export { readOpenrc } from './import/openrc.js'
export { readRoboconf } from './import/roboconf.js'
export { type Imported, settingsFromVariables } from './import/variables.js'
export {
  type Journal,
  type JournalEntry,
  type JournalOutcome,
  type JournalResult,
  openJournal,
} from './journal.js'
export { type OwnedFile, type OwnedOptions, readOwned } from './owned.js'
export { findProject, PROJECT_FILE, type ProjectPlace, readProject } from './project.js'
export { type CommandOptions, secretFromCommand, secretFromFile, secretFromStdin } from './secrets.js'
export { type ProjectSettings, resolveSettings, type SettingSources } from './settings.js'
export { type ContextsPlace, type ContextsSnapshot, readContexts } from './snapshot.js'
export { openTrustedFiles, type TrustedFile, type TrustedFiles } from './trusted.js'
export type * from './types.js'
