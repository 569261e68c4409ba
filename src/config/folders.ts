/** Where files are kept: the XDG base directories, and what comes nearest elsewhere. */
import { posix, win32 } from 'node:path'
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
