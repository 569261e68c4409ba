export { type Caches, openCaches } from './cache.js'
export { cacheName } from './cache-name.js'
export { type Contexts, openContexts } from './contexts.js'
export { type Definitions, indexDefinitions } from './definitions.js'
export { folders, homeFolder, workingFolder } from './folders.js'
export { cloudNames, readClouds } from './import/clouds.js'
export { readOpenrc } from './import/openrc.js'
export { readRoboconf } from './import/roboconf.js'
export type { ImportResult } from './import/variables.js'
export { type JournalOutcome, type JournalResult, openJournal } from './journal.js'
export { type OwnedFile, readOwnedFile, requireOwnedFile } from './owned.js'
export { findProject, loadProject, PROJECT_FILE, type ProjectFile, readProject } from './project.js'
export { secretFromCommand, secretFromFile } from './secrets.js'
export { resolveSettings, type SettingSources } from './settings.js'
export {
  contextsNamed,
  contextsOfGroup,
  groupOfAll,
  groupSetting,
  groupSettingFrom,
  groupsIn,
  groupsOf,
  isContextName,
} from './sites.js'
export { aliasFamilies, type ContextsSnapshot, configFile, readContexts } from './snapshot.js'
export { openTrustedFiles, type TrustedFiles } from './trusted.js'
export type * from './types.js'
export { parseYaml } from './yaml.js'
