/** Programs named `occi-NAME` on the PATH, which run as `occi NAME`. */
import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { requireOwnedFile } from '../../config/index.js'
import type { Plugins } from '../runtime.js'
import { withoutSecrets } from './child-environment.js'

const prefix = 'occi-'

/** Names of plugins. Files with an extension are not plugins, so a name contains no dot. */
const validName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

export function openPlugins(env: NodeJS.ProcessEnv, workingFolder: string): Plugins {
  const currentFolders = () => searchedFolders(env['PATH'] ?? '', workingFolder)
  return {
    find(name) {
      if (!validName.test(name)) return undefined
      const file = currentFolders()
        .map((folder) => join(folder, prefix + name))
        .find(isProgram)
      if (file !== undefined) requireOwnedFile(file)
      return file
    },
    names() {
      const names = currentFolders().flatMap((folder) =>
        filesIn(folder)
          .filter((file) => file.startsWith(prefix) && isProgram(join(folder, file)))
          .map((file) => file.slice(prefix.length)),
      )
      return [...new Set(names)].filter((name) => validName.test(name)).sort()
    },
    // Imported only when a plugin runs, since --help needs no more than the names.
    run: async (file, words, { passSecrets, extraEnvironment }) =>
      (await import('./spawn.js')).runPlugin(file, words, {
        ...(passSecrets ? env : withoutSecrets(env)),
        ...extraEnvironment,
      }),
  }
}

/**
 * The absolute folders of the PATH, except the working folder. Its files may come from another person, and must not
 * become commands.
 */
function searchedFolders(path: string, workingFolder: string): readonly string[] {
  const realWorkingFolder = realPath(workingFolder)
  return path.split(delimiter).filter((folder) => {
    if (!isAbsolute(folder)) return false
    const realFolder = realPath(folder)
    return realFolder !== undefined && realFolder !== realWorkingFolder
  })
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
