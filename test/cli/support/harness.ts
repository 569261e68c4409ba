/**
 * Runs `occi` in this process with fake streams and a fake clock, in a temporary home folder. Everything else is real.
 */

import { setMaxListeners } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Connector } from '../../../src/cli/context.js'
import { dispatch } from '../../../src/cli/dispatch.js'
import { printOutput } from '../../../src/cli/output/index.js'
import type { Probe } from '../../../src/cli/probe.js'
import { createProgress } from '../../../src/cli/progress.js'
import type { Prompts } from '../../../src/cli/prompts.js'
import { createPrompts } from '../../../src/cli/prompts.js'
import { connect, login } from '../../../src/cli/runtime/connect.js'
import { openPlugins } from '../../../src/cli/runtime/plugins.js'
import { nodeProbe } from '../../../src/cli/runtime/probe.js'
import {
  contextsOf,
  type ProcessSurroundings,
  projectFileOf,
  readSettings,
} from '../../../src/cli/runtime/settings.js'
import type { Runtime } from '../../../src/cli/runtime.js'
import type { Sink, Streams } from '../../../src/cli/streams.js'
import type { Client } from '../../../src/client/index.js'
import { openTrustedFiles, secretFromCommand } from '../../../src/config/index.js'

export interface Result {
  readonly status: number
  readonly out: string
  readonly err: string
}

export interface Machine {
  /** Runs a command line: words separated by blanks, or a list of words if one of them contains blanks. */
  occi(words: string | readonly string[], more?: Circumstances): Promise<Result>
  readonly folder: string
  /** The secrets in the machine's keyring, by account. */
  readonly keyring: Map<string, string>
}

export interface Circumstances {
  /** The working folder. Default: the home folder. */
  readonly cwd?: string
  readonly stdin?: string
  readonly terminal?: boolean
  /** Columns of the terminal. Default: 100. */
  readonly width?: number
  /** Whether output has colours. Default: false. */
  readonly color?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly client?: Client
  /** Whether something listens at a host and port. Default: never. */
  readonly reach?: Runtime['reach']
  /** Replaces parts of what `occi doctor` reads of the machine. */
  readonly probe?: Partial<Probe>
  /** Runs another program and returns its exit status. Default: 127, as for a program that does not exist. */
  readonly spawn?: Runtime['spawn']
  /** Replaces prompts, for example one that confirms. */
  readonly prompts?: Partial<Prompts>
  /** The error code with which writing to standard output fails, such as EPIPE. */
  readonly outFails?: string
  readonly signal?: AbortSignal
  /** Replaces the keyring. Default: one that works, in memory. */
  readonly openKeyring?: Runtime['keyring']
  /** Replaces the clock. Default: one that advances only by sleeping. */
  readonly clock?: Runtime['clock']
  /** Replaces the display of progress. Default: none is shown. */
  readonly progress?: Runtime['progress']
  /** Called before each sleep. */
  readonly onSleep?: () => void | Promise<void>
}

/** Returns a machine with an empty home folder. Its clock advances only by sleeping. */
export function machine(defaults: Circumstances = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'occi-cli-'))
  let time = Date.parse('2026-11-21T00:00:00Z')
  const clockFor = ({ onSleep }: Circumstances): Runtime['clock'] => ({
    now: () => time,
    sleep: async (milliseconds, signal) => {
      await onSleep?.()
      signal?.throwIfAborted()
      time += milliseconds
    },
  })
  const keyring = new Map<string, string>()
  return {
    folder,
    keyring,
    async occi(words, more = {}) {
      const circumstances = { ...defaults, ...more, env: { ...defaults.env, ...more.env } }
      const argv = typeof words === 'string' ? words.split(' ').filter((word) => word !== '') : words
      const out: string[] = []
      const err: string[] = []
      const place = { folder, keyring, clock: circumstances.clock ?? clockFor(circumstances) }
      const runtime = runtimeOf(place, circumstances, out, err)
      const status = await dispatch(argv, runtime)
      return { status, out: out.join(''), err: err.join('') }
    },
  }
}

function runtimeOf(
  { folder, keyring, clock }: { folder: string; keyring: Map<string, string>; clock: Runtime['clock'] },
  circumstances: Circumstances,
  out: string[],
  err: string[],
): Runtime & Connector {
  const { env = {}, terminal = false, client } = circumstances
  const folders = {
    config: join(folder, 'config'),
    cache: join(folder, 'cache'),
    state: join(folder, 'state'),
  }
  const place: ProcessSurroundings = {
    env,
    folders,
    platform: 'linux',
    cwd: circumstances.cwd ?? folder,
    home: folder,
    uid: process.getuid?.(),
  }
  return {
    pid: 1,
    version: '0.0.0-test',
    command: [process.execPath],
    environment: (name) => env[name],
    streams: () => streamsOf(circumstances, out, err),
    clock,
    signal: quiet(circumstances.signal ?? new AbortController().signal),
    readFile: (path) => readFile(resolve(place.cwd, path)),
    reach: circumstances.reach ?? (async () => false),
    probe: async () => ({ ...nodeProbe(process, [process.execPath], clock.now), ...circumstances.probe }),
    uninterrupted: (work) => work(),
    fileMode: (path) =>
      stat(path).then(
        ({ mode }) => mode & 0o777,
        () => undefined,
      ),
    secretFromCommand: (command, from) => secretFromCommand(command, { env: process.env, folder: from }),
    keyring:
      circumstances.openKeyring ??
      (async () => ({
        get: (account) => keyring.get(account),
        set: (account, secret) => void keyring.set(account, secret),
        delete: (account) => keyring.delete(account),
      })),
    plugins: async () => openPlugins(env, place.cwd),
    spawn: circumstances.spawn ?? (async () => 127),
    folders,
    home: folder,
    pluginFolders: circumstances.cwd === undefined ? [] : [folders.config, circumstances.cwd],
    settings: (request) => readSettings(request, place),
    contexts: (definitions) => contextsOf(definitions, place),
    trustedFiles: openTrustedFiles(folders.config),
    resolvePath: (path) => resolve(place.cwd, path),
    projectFile: (at) => projectFileOf(at, place),
    login,
    connect: (context) =>
      client === undefined ? connect(context) : Promise.resolve({ client, close: async () => {} }),
    prompts: (streams) => ({
      ...createPrompts({ ...streams, interactive: terminal }),
      ...circumstances.prompts,
    }),
    progress: circumstances.progress ?? ((streams) => createProgress(streams)),
    print: printOutput,
    saveCrash: () => undefined,
  }
}

/** Removes the limit of listeners, as main.ts does, so that Node prints no warning. */
function quiet(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal)
  return signal
}

function streamsOf(circumstances: Circumstances, out: string[], err: string[]): Streams {
  const { terminal = false, stdin = '', outFails } = circumstances
  const sink = (into: string[], fails?: string): Sink => ({
    write: async (text) => {
      if (fails !== undefined)
        throw Object.assign(new Error(`write ${fails}`), { code: fails, syscall: 'write' })
      into.push(text)
    },
    terminal,
    color: circumstances.color ?? false,
    width: terminal ? (circumstances.width ?? 100) : undefined,
  })
  return {
    out: sink(out, outFails),
    err: sink(err),
    readStdin: async () => Buffer.from(stdin),
    stdinTerminal: terminal,
    interactive: terminal,
    progress: 'none',
    errStream: process.stderr,
    inStream: process.stdin,
  }
}
