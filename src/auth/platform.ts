/** The real machine, and a context for those who use the library without the CLI. */
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthError } from '../errors/errors.js'
import { type Purpose, readBytes } from '../files/index.js'
import type { Transport } from '../transport/index.js'
import type { AuthCache, AuthContext, Machine } from './types.js'

/** A command or a socket gets this long, in milliseconds. */
const patience = 60_000
const outputLimit = 1_048_576

/** `environment` and `folder` are those of commands that are run; default those of this process. */
export function nodeMachine(environment?: NodeJS.ProcessEnv, folder?: string): Machine {
  return {
    uid: process.getuid?.(),
    home: homeFolder(),
    random: (bytes) => randomBytes(bytes),
    sleep: async (milliseconds) => {
      await sleep(milliseconds)
    },
    // Most machines have no such directory, and to be told so by the thread pool takes milliseconds.
    readDirectory: async (path) => readdirSync(path),
    mode: async (path) => (process.platform === 'win32' ? undefined : (await stat(path)).mode & 0o777),
    run: (command) => runCommand(command, environment, folder),
    askSocket,
  }
}

/** Undefined where there is none: a relative HOME would be the working folder, and some users have no entry. */
function homeFolder(): string | undefined {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : undefined
  } catch {
    return undefined
  }
}

/** What a library user must give; everything else has a default. */
export interface AuthSetup {
  readonly endpoint?: string | URL
  /** Options by name, secrets included. */
  readonly options?: Readonly<Record<string, string | undefined>>
  readonly transport: AuthContext['transport']
  readonly env?: (name: string) => string | undefined
  readonly cache?: AuthCache
  readonly choose?: AuthContext['choose']
  readonly secret?: AuthContext['secret']
  readonly show?: (message: string) => void
  readonly trail?: (step: string) => void
  readonly now?: () => Date
  readonly readFile?: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly machine?: Machine
}

/** A context from plain values: nobody is asked, nothing is read from the environment unless `env` is given. */
export function authContext(setup: AuthSetup): AuthContext {
  const option = (name: string) =>
    setup.options !== undefined && Object.hasOwn(setup.options, name) ? setup.options[name] : undefined
  return {
    endpoint: setup.endpoint === undefined ? undefined : new URL(setup.endpoint),
    option,
    secret: setup.secret ?? (async (name) => option(name)),
    transport: shared(setup.transport),
    choose: setup.choose ?? nobody,
    cache: setup.cache ?? memoryCache(setup.now),
    env: setup.env ?? (() => undefined),
    readFile: setup.readFile ?? readBytes,
    now: setup.now ?? (() => new Date()),
    trail: setup.trail ?? (() => {}),
    machine: setup.machine ?? nodeMachine(),
    ...(setup.show === undefined ? {} : { show: setup.show }),
  }
}

/** Keeps entries until they expire, in this process only. */
export function memoryCache(now: () => Date = () => new Date()): AuthCache {
  const entries = new Map<string, { readonly value: string; readonly expires: Date }>()
  const queues = new Map<string, Promise<unknown>>()
  return {
    alone(key, work) {
      const mine = (queues.get(key) ?? Promise.resolve()).then(work)
      queues.set(
        key,
        mine.catch(() => undefined),
      )
      return mine
    },
    async get(key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.expires > now() ? entry.value : undefined
    },
    async set(key, value, expires) {
      entries.set(key, { value, expires })
    },
    async delete(key) {
      entries.delete(key)
    },
  }
}

/** One transport without a certificate serves all requests of a plugin. */
function shared(make: AuthContext['transport']): AuthContext['transport'] {
  let plain: Transport | undefined
  return (tls) => {
    if (tls !== undefined) return make(tls)
    plain ??= make()
    return plain
  }
}

async function nobody(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
): Promise<never> {
  throw new AuthError(`Nobody to ask: ${question}`, {
    facts: { choices: choices.map(({ value, label }) => ({ value, label })) },
  })
}

async function runCommand(
  command: string,
  env: NodeJS.ProcessEnv | undefined,
  cwd: string | undefined,
): Promise<string> {
  // Seldom needed, so loaded only here.
  const { execFile } = process.getBuiltinModule('node:child_process')
  const [file, flags] =
    process.platform === 'win32' ? (['cmd.exe', ['/d', '/s', '/c']] as const) : (['/bin/sh', ['-c']] as const)
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...flags, command],
      {
        timeout: patience,
        killSignal: 'SIGKILL',
        maxBuffer: outputLimit,
        windowsHide: true,
        ...(env === undefined ? {} : { env }),
        ...(cwd === undefined ? {} : { cwd }),
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout)
        // The error's own message repeats the command and all it printed; keep the reason only.
        const reason = error.killed ? 'it took too long' : `exit status ${error.code ?? 'unknown'}`
        reject(new Error(`${reason}: ${stderr.slice(-300).trim()}`))
      },
    )
    // What it has started may hold its pipes open for ever.
    child.once('exit', () => setTimeout(() => child.stdout?.destroy(), 1000).unref())
    child.once('exit', () => setTimeout(() => child.stderr?.destroy(), 1000).unref())
  })
}

async function askSocket(path: string, message: string): Promise<string> {
  const { createConnection } = process.getBuiltinModule('node:net')
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    let answer = ''
    socket.setEncoding('utf8')
    // In all, also for one that sends a byte now and then.
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), patience)
    socket.on('connect', () => socket.write(message))
    socket.on('data', (chunk) => {
      answer += String(chunk)
      if (answer.length > outputLimit) socket.destroy(new Error('the answer is too long'))
      // oidc-agent closes after one answer, others may not: a whole JSON text is the end, too.
      else if (answer.trimEnd().endsWith('}') && isJson(answer)) socket.end(() => resolve(answer))
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
