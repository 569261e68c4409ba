/** Where files are kept: the XDG base directories, and what comes nearest elsewhere. */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, posix, win32 } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import type { Environment, Folders } from './types.js'

/**
 * Folders for configuration, caches and state. XDG_CONFIG_HOME, XDG_CACHE_HOME and XDG_STATE_HOME
 * count on every platform; the XDG rules ignore values that are not absolute, and so does this.
 */
export function folders(env: Environment, platform: NodeJS.Platform, home: string): Folders {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const fallback = platform === 'win32' ? windows(env, home) : unix(home)
  const base = (variable: string, otherwise: string) => {
    const given = env[variable]
    return given !== undefined && isAbsolute(given) ? join(given, 'occi') : otherwise
  }
  return {
    config: base('XDG_CONFIG_HOME', fallback.config),
    cache: base('XDG_CACHE_HOME', fallback.cache),
    state: base('XDG_STATE_HOME', fallback.state),
  }
}

/**
 * The user's home folder: HOME (USERPROFILE on Windows), else what the system has for the user. One that is
 * empty or relative would be the working folder, and whatever lies there would decide. Throws ConfigError.
 */
export function homeFolder(): string {
  const named = namedHome()
  // A user number without an entry, as containers have it, and no HOME: nothing is kept, and nothing believed.
  if (named === undefined) return NO_HOME
  if (isAbsolute(named)) return named
  const known = systemHome()
  if (known !== undefined && isAbsolute(known)) return known
  throw new ConfigError(`HOME is "${named}", which is not an absolute path.`, {
    at: 'HOME',
    hint: 'Set HOME to a folder of yours.',
  })
}

/** The root where the working folder was removed: a command that reads nothing there works all the same. */
export function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** What systems give users that have no home folder. */
const NO_HOME = '/nonexistent'

function namedHome(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}

function systemHome(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    // Containers run under numbers that no user has.
    return undefined
  }
}

/** macOS as well: command line tools there keep to ~/.config more often than to ~/Library. */
function unix(home: string): Folders {
  return {
    config: posix.join(home, '.config', 'occi'),
    cache: posix.join(home, '.cache', 'occi'),
    state: posix.join(home, '.local', 'state', 'occi'),
  }
}

function windows(env: Environment, home: string): Folders {
  const roaming = env.APPDATA || win32.join(home, 'AppData', 'Roaming')
  const local = env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local')
  return {
    config: win32.join(roaming, 'occi', 'Config'),
    cache: win32.join(local, 'occi', 'Cache'),
    state: win32.join(local, 'occi', 'State'),
  }
}
