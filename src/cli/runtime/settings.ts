/** Reads settings from flags, environment, project file, context and defaults by the rules in config/. */
import type { Contexts, Environment, Folders, SettingDefinition, Settings } from '../../config/index.js'
import {
  configFile,
  findProject,
  folders,
  homeFolder,
  indexDefinitions,
  loadProject,
  openContexts,
  openTrustedFiles,
  type ProjectFile,
  readContexts,
  readProject,
  resolveSettings,
  workingFolder,
} from '../../config/index.js'
import { ConfigError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import { asSetting, authenticationOptions } from '../options/global.js'
import type { SettingsRequest } from '../runtime.js'

export interface Place {
  readonly env: Environment
  readonly folders: Folders
  readonly platform: NodeJS.Platform
  readonly cwd: string
  readonly home: string
  readonly uid: number | undefined
}

/** Where this process looks for settings. */
export function processPlace(): Place {
  const { env, platform } = process
  const home = homeFolder()
  return {
    env,
    folders: folders(env, platform, home),
    platform,
    cwd: workingFolder(),
    home,
    uid: process.getuid?.(),
  }
}

/** Throws ConfigError. */
export async function readSettings(request: SettingsRequest, place: Place): Promise<Settings> {
  const { isSecret } = indexDefinitions(request.definitions)
  const trustsAll = isOn(
    request.flags['trust-project'] ?? place.env['OCCI_TRUST_PROJECT'],
    'OCCI_TRUST_PROJECT',
  )
  const [contexts, project] = await Promise.all([
    request.contexts ??
      // A configuration that cannot be read must not stop a command that takes nothing from it.
      (request.choice?.context === 'none'
        ? { file: configFile(place.folders.config), current: undefined, contexts: [] }
        : readContexts({ folder: place.folders.config, platform: place.platform, isSecret })),
    request.choice?.context === 'named' ? undefined : projectSettings(request.definitions, place, trustsAll),
  ])
  return resolveSettings({
    flags: request.flags,
    env: place.env,
    project,
    contexts,
    definitions: request.definitions,
    choice: request.choice,
    home: place.home,
  })
}

export function contextsOf(definitions: readonly SettingDefinition[], place: Place): Contexts {
  const { isSecret } = indexDefinitions(definitions)
  return openContexts({ folder: place.folders.config, platform: place.platform, isSecret })
}

/** The project file that applies in a folder. */
export function projectFileOf(folder: string, place: Place): string | undefined {
  return findProject({ ...place, cwd: folder })
}

const projects = new WeakMap<Place, Promise<ProjectFile | 'none'>>()

/**
 * Settings are read several times in a command, each time with more definitions. If the file changed meanwhile, the
 * trust in one content would count for the address of another.
 */
function projectOf(place: Place): Promise<ProjectFile | 'none'> {
  const found = projects.get(place) ?? loadProject(place).then((file) => file ?? 'none')
  projects.set(place, found)
  return found
}

/** Options of authentication methods are loaded only if the file has settings other than the usual ones. */
async function projectSettings(definitions: readonly SettingDefinition[], place: Place, trustsAll: boolean) {
  const isTrusted = (file: string, text: string) =>
    trustsAll || openTrustedFiles(place.folders.config).isTrusted(file, text)
  const found = await projectOf(place)
  try {
    return await readProject({ ...place, found, isTrusted, definitions })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return readProject({
      ...place,
      found,
      isTrusted,
      definitions: [...definitions, ...(await authenticationOptions()).map(asSetting)],
    })
  }
}
