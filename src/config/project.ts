/** Reads `.occi.yaml`, the settings in a checkout. settings/trust.ts decides which of them are used. */
import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join, parse, resolve } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import { purposes, readIfExists } from '../files/index.js'
import { indexDefinitions } from './definitions.js'
import type { ProjectSettings } from './settings.js'
import type { SettingDefinition } from './types.js'
import { parseYaml } from './yaml.js'

export const PROJECT_FILE = '.occi.yaml'

interface ProjectSearch {
  /** The folder in which the search begins. */
  readonly cwd: string
  /** The folder in which it ends. */
  readonly home: string
  /** The user's id, if the system has one. Files of other users are skipped. */
  readonly uid?: number | undefined
}

interface ProjectOptions extends ProjectSearch {
  /** The result of loadProject, if it was called before: a command must not read two versions of the file. */
  readonly loadedFile?: ProjectFile | 'none'
  readonly definitions: Iterable<SettingDefinition>
  /** Whether the user trusts this content of this file. */
  readonly isTrusted: (file: string, text: string) => boolean
}

/**
 * Reads the nearest `.occi.yaml` in the working folder or a parent, up to the home folder or the root; undefined if
 * there is none. Throws ConfigError for secrets, unknown settings, and text that is not YAML.
 */
export async function readProject(options: ProjectOptions): Promise<ProjectSettings | undefined> {
  const projectFile = options.loadedFile ?? (await loadProject(options))
  if (projectFile === undefined || projectFile === 'none') return undefined
  const { file, text } = projectFile
  return {
    file,
    settings: await settingsIn(file, text, options.definitions),
    trusted: options.isTrusted(file, text),
  }
}

export interface ProjectFile {
  readonly file: string
  readonly text: string
}

/** Reads the project file; undefined when there is none. Throws ConfigError. */
export async function loadProject(search: ProjectSearch): Promise<ProjectFile | undefined> {
  const file = findProject(search)
  const text = file === undefined ? undefined : await readIfExists(file, purposes.project)
  return file === undefined || text === undefined ? undefined : { file, text }
}

/** Returns the path that readProject reads: that of the nearest file that belongs to the user or root. */
export function findProject({ cwd, home, uid }: ProjectSearch): string | undefined {
  const { root } = parse(cwd)
  const homes = pathsOfHome(home)
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_FILE)
    const stats = statsOf(file)
    // A file of another user, such as one in /tmp, must not decide where requests go.
    const isOwnerTrusted = uid === undefined || stats?.uid === uid || stats?.uid === 0
    // A device, pipe, folder or loop of links of that name is not skipped: reading it is an error.
    if (stats !== undefined && isOwnerTrusted) return file
    if (homes.includes(folder) || folder === root) return undefined
  }
}

/**
 * Returns the status of a file; undefined if it is missing, or if its folder cannot be searched. The status of a
 * symbolic link that cannot be followed (a loop, for example) is that of the link.
 */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch {
    return linkStats(file)
  }
}

function linkStats(file: string): Stats | undefined {
  try {
    return lstatSync(file)
  } catch {
    return undefined
  }
}

/** Returns the paths of the home folder without a slash at the end, as in HOME and with links resolved. */
function pathsOfHome(home: string): readonly string[] {
  try {
    return [resolve(home), realpathSync(home)]
  } catch {
    return [resolve(home)]
  }
}

/** Reads the settings in the text of a project file. Throws ConfigError for those that it must not contain. */
async function settingsIn(
  file: string,
  text: string,
  definitionList: Iterable<SettingDefinition>,
): Promise<Readonly<Record<string, string>>> {
  const definitions = indexDefinitions(definitionList)
  const content = (await parseYaml(file, text)) ?? {}
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigError(`${file} must contain settings, one "name: value" a line.`, { at: file })
  }
  const settings: [string, string][] = []
  for (const [name, value] of Object.entries(content)) {
    const definition = definitions.get(name)
    if (definitions.isSecret(name)) {
      throw new ConfigError(
        `${file}: ${name} is not allowed in a project file: it is a secret, and project files are shared.`,
        { at: name, hint: 'Keep it in a context, in the environment, or give it as an option.' },
      )
    }
    if ((definition === undefined || definition.transient === true) && name !== 'context') {
      throw new ConfigError(`${file}: "${name.slice(0, 80)}" is not a setting for a project file.`, {
        at: name.slice(0, 80),
        hint: `Settings are: ${definitions
          .all()
          .filter((declared) => declared.sensitivity !== 'secret' && declared.transient !== true)
          .map((declared) => declared.name)
          .join(', ')}.`,
      })
    }
    if (value === null || value === '') continue
    if (typeof value === 'object') {
      throw new ConfigError(`${file}: ${name} must be a single value.`, { at: name })
    }
    settings.push([name, String(value)])
  }
  return Object.fromEntries(settings)
}
