/** Determines the user's folders: the XDG base directories and their equivalents on other systems. */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, posix, win32 } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import type { Environment, Folders } from './types.js'

/**
 * Returns the folders for configuration, caches and state. XDG_CONFIG_HOME, XDG_CACHE_HOME and XDG_STATE_HOME are used
 * on every platform. Relative paths are ignored, as the XDG specification requires, and so are paths that name a
 * different folder in each process.
 */
export function folders(env: Environment, platform: NodeJS.Platform, home: string): Folders {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const defaults = platform === 'win32' ? windowsFolders(env, home) : unixFolders(home)
  const folderFor = (variable: string, defaultFolder: string) => {
    const value = env[variable]
    return value !== undefined && isAbsolute(value) && !dependsOnProcess(value)
      ? join(value, 'occi')
      : defaultFolder
  }
  return {
    config: folderFor('XDG_CONFIG_HOME', defaults.config),
    cache: folderFor('XDG_CACHE_HOME', defaults.cache),
    state: folderFor('XDG_STATE_HOME', defaults.state),
  }
}

/**
 * Returns the user's home folder: HOME (USERPROFILE on Windows), or the one that the system has for the user. An empty
 * or relative HOME is ignored, because it would name the working folder, whose files are not trusted. Throws
 * ConfigError if no path is usable.
 */
export function homeFolder(): string {
  const environmentHome = homeFromEnvironment()
  // Without HOME and without a passwd entry, as in containers, nothing is read from a home folder or stored in it.
  if (environmentHome === undefined) return missingHome
  const isUsable = (path: string) => isAbsolute(path) && !dependsOnProcess(path)
  if (isUsable(environmentHome)) return environmentHome
  const passwdHome = homeFromPasswd()
  if (passwdHome !== undefined && isUsable(passwdHome)) return passwdHome
  throw new ConfigError(`HOME is "${environmentHome}", which is not the same folder in each process.`, {
    at: 'HOME',
    hint: 'Set HOME to the path of your home folder.',
  })
}

/** Returns the working folder; `/` if it was deleted, so that commands that read nothing in it still work. */
export function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** Whether a path depends on the process: `/proc/self/cwd` is its working folder, `/dev/fd/3` an open file. */
function dependsOnProcess(path: string): boolean {
  return /^\/(?:proc|dev\/fd)(?:\/|$)/.test(posix.normalize(path).replace(/^\/+/, '/'))
}

/** The path that systems give as home folder to users without one. It does not exist. */
const missingHome = '/nonexistent'

function homeFromEnvironment(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}

function homeFromPasswd(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    // Containers run with user ids that have no passwd entry.
    return undefined
  }
}

/** Returns the default folders, also for macOS, where command line tools use ~/.config more often than ~/Library. */
function unixFolders(home: string): Folders {
  return {
    config: posix.join(home, '.config', 'occi'),
    cache: posix.join(home, '.cache', 'occi'),
    state: posix.join(home, '.local', 'state', 'occi'),
  }
}

function windowsFolders(env: Environment, home: string): Folders {
  const roaming = env.APPDATA || win32.join(home, 'AppData', 'Roaming')
  const local = env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local')
  return {
    config: win32.join(roaming, 'occi', 'Config'),
    cache: win32.join(local, 'occi', 'Cache'),
    state: win32.join(local, 'occi', 'State'),
  }
}
