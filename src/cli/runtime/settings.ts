/** Reads settings from options, environment, project file, context and defaults, by the rules of config/. */
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

export interface ProcessSurroundings {
  readonly env: Environment
  readonly folders: Folders
  readonly platform: NodeJS.Platform
  readonly cwd: string
  readonly home: string
  readonly uid: number | undefined
}

/** The surroundings of this process. */
export function processSurroundings(): ProcessSurroundings {
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

/** Reads the settings from all sources. Throws ConfigError. */
export async function readSettings(
  request: SettingsRequest,
  surroundings: ProcessSurroundings,
): Promise<Settings> {
  const { isSecret } = indexDefinitions(request.definitions)
  const trustsAll = isOn(
    request.flags['trust-project'] ?? surroundings.env['OCCI_TRUST_PROJECT'],
    'OCCI_TRUST_PROJECT',
  )
  const [contexts, project] = await Promise.all([
    request.contexts ??
      // A command that uses no context must work even if the configuration cannot be read.
      (request.choice?.context === 'none'
        ? { file: configFile(surroundings.folders.config), current: undefined, contexts: [] }
        : readContexts({ folder: surroundings.folders.config, platform: surroundings.platform, isSecret })),
    request.choice?.context === 'named'
      ? undefined
      : projectSettings(request.definitions, surroundings, trustsAll),
  ])
  return resolveSettings({
    flags: request.flags,
    env: surroundings.env,
    project,
    contexts,
    definitions: request.definitions,
    choice: request.choice,
    home: surroundings.home,
  })
}

export function contextsOf(
  definitions: readonly SettingDefinition[],
  surroundings: ProcessSurroundings,
): Contexts {
  const { isSecret } = indexDefinitions(definitions)
  return openContexts({ folder: surroundings.folders.config, platform: surroundings.platform, isSecret })
}

/** The project file that applies in a folder. */
export function projectFileOf(folder: string, surroundings: ProcessSurroundings): string | undefined {
  return findProject({ ...surroundings, cwd: folder })
}

const projects = new WeakMap<ProcessSurroundings, Promise<ProjectFile | 'none'>>()

/**
 * Reads the project file once, although settings are read several times in a command: if the file changed
 * meanwhile, trust in the old content would apply to the new one.
 */
function projectOf(surroundings: ProcessSurroundings): Promise<ProjectFile | 'none'> {
  const project = projects.get(surroundings) ?? loadProject(surroundings).then((file) => file ?? 'none')
  projects.set(surroundings, project)
  return project
}

/**
 * Reads the project file. Loads the options of authentication methods only if it contains other than global options.
 */
async function projectSettings(
  definitions: readonly SettingDefinition[],
  surroundings: ProcessSurroundings,
  trustsAll: boolean,
) {
  const isTrusted = (file: string, text: string) =>
    trustsAll || openTrustedFiles(surroundings.folders.config).isTrusted(file, text)
  const project = await projectOf(surroundings)
  try {
    return await readProject({ ...surroundings, loadedFile: project, isTrusted, definitions })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return readProject({
      ...surroundings,
      loadedFile: project,
      isTrusted,
      definitions: [...definitions, ...(await authenticationOptions()).map(asSetting)],
    })
  }
}
