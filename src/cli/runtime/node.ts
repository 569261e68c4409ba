/** Implements Runtime on Node, for this process. */

import { randomUUID } from 'node:crypto'
import { fstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { omitUndefined } from '../../basics/objects.js'
import { openTrustedFiles, secretFromCommand, workingFolder } from '../../config/index.js'
import { readBytes } from '../../files/index.js'
import type { Connector } from '../context.js'
import { printOutput } from '../output/index.js'
import { createProgress } from '../progress.js'
import { createPrompts } from '../prompts.js'
import type { Installation, Runtime } from '../runtime.js'
import { type ProcessLike, processStreams } from '../streams.js'
import { withoutSecrets } from './child-environment.js'
import { reach } from './reach.js'
import { contextsOf, processSurroundings, projectFileOf, readSettings } from './settings.js'

/**
 * Creates the runtime of this process. From the first call of `signal` or `uninterrupted` on, main.ts handles Ctrl-C.
 */
export function nodeRuntime(
  process: NodeJS.Process,
  {
    signal,
    uninterrupted,
  }: { readonly signal: () => AbortSignal; readonly uninterrupted: Runtime['uninterrupted'] },
  installation: Installation,
): Runtime & Connector {
  const environment = (name: string) => process.env[name]
  const surroundings = processSurroundings()
  const { folders, home } = surroundings
  const processLike: ProcessLike = {
    get stdin() {
      return process.stdin
    },
    get stdinTerminal() {
      return isatty(0)
    },
    get stderrTerminal() {
      return isCharacterDevice(2) && process.stderr.isTTY
    },
    get stdout() {
      return process.stdout
    },
    get stderr() {
      return process.stderr
    },
    env: process.env,
  }
  return {
    get version() {
      return installation.version
    },
    command: installation.command,
    pid: process.pid,
    environment,
    streams: (preferences) => processStreams(processLike, preferences),
    clock: {
      now: Date.now,
      sleep: async (milliseconds, aborted) => {
        await sleep(milliseconds, undefined, omitUndefined({ signal: aborted }))
      },
    },
    get signal() {
      return signal()
    },
    uninterrupted,
    readFile: readBytes,
    reach,
    probe: async () => (await import('./probe.js')).nodeProbe(process, installation.command, Date.now),
    spawn: async (program, args, hint) =>
      (await import('./spawn.js')).spawn(program, args, { hint, signal: signal() }),
    fileMode: async (path) =>
      process.platform === 'win32'
        ? undefined
        : stat(path).then(
            ({ mode }) => mode & 0o777,
            () => undefined,
          ),
    secretFromCommand: (command, folder) =>
      secretFromCommand(command, { env: withoutSecrets(process.env), folder }),
    home,
    get childEnvironment() {
      return withoutSecrets(process.env)
    },
    keyring: async () => (await import('./keyring.js')).openKeyring(),
    plugins: async () => (await import('./plugins.js')).openPlugins(process.env, workingFolder()),
    folders,
    pluginFolders: [folders.config, workingFolder()],
    importModule: installation.importModule,
    settings: (request) => readSettings(request, surroundings),
    contexts: (definitions) => contextsOf(definitions, surroundings),
    trustedFiles: openTrustedFiles(folders.config),
    resolvePath: (path) => resolve(path),
    projectFile: (folder) => projectFileOf(folder, surroundings),
    connect: async (context) => (await import('./connect.js')).connect(context),
    login: async (context, log, options) => (await import('./connect.js')).login(context, log, options),
    prompts: createPrompts,
    progress: (streams) => createProgress(streams),
    print: printOutput,
    saveCrash: (details) => saveCrash(folders.state, details),
  }
}

/** Whether the descriptor is a character device. Any other file is no terminal, and its stream is not opened. */
function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice()
  } catch {
    return false
  }
}

/** Writes the details to a new file that only its owner can read, since a stack trace may contain data. */
function saveCrash(state: string, details: string): string | undefined {
  try {
    const folder = join(state, 'crashes')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(
      folder,
      `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}.txt`,
    )
    writeFileSync(file, `${details}\n`, { mode: 0o600, flag: 'wx' })
    return file
  } catch {
    return undefined
  }
}
