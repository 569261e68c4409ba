/** Implements `Platform` with Node, and creates an AuthContext for users of the library. */

import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { omitUndefined } from '../basics/objects.js'
import { AuthError } from '../errors/errors.js'
import { CommandError, commandOutput, type Purpose, readBytes } from '../files/index.js'
import type { Transport } from '../transport/index.js'
import type { AuthCache, AuthContext, Platform } from './types.js'

/** The time limit for a command or a socket, in milliseconds. */
const timeLimit = 60_000
/** The limit for the output of a command (in bytes) or the answer from a socket (in characters). */
const outputLimit = 1_048_576

/** Implements `Platform` with Node. Commands run with `environment` in `folder`; by default, those of this process. */
export function nodePlatform(environment?: NodeJS.ProcessEnv, folder?: string): Platform {
  return {
    uid: process.getuid?.(),
    home: homeFolder(),
    random: (bytes) => randomBytes(bytes),
    sleep: async (milliseconds) => {
      await sleep(milliseconds)
    },
    // Synchronous, because the thread pool takes milliseconds to report a missing directory, which is the
    // usual case.
    readDirectory: async (path) => readdirSync(path),
    mode: async (path) => (process.platform === 'win32' ? undefined : (await stat(path)).mode & 0o777),
    run: (command) => runCommand(command, environment, folder),
    askSocket,
  }
}

/**
 * Returns the home folder, if any. A relative HOME is ignored because it would name a different folder in each working
 * folder. homedir() throws for users without HOME and without a passwd entry.
 */
function homeFolder(): string | undefined {
  try {
    const home = homedir()
    return isAbsolute(home) ? home : undefined
  } catch {
    return undefined
  }
}

/** The input of `authContext`. Only `transport` is required. */
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
  readonly log?: (step: string) => void
  readonly warn?: (message: string) => void
  readonly finish?: AuthContext['finish']
  readonly now?: () => Date
  readonly readFile?: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly machine?: Platform
}

/** Builds a context from plain values: it never prompts, and reads the environment only through `env`. */
export function authContext(setup: AuthSetup): AuthContext {
  const option = (name: string) =>
    setup.options !== undefined && Object.hasOwn(setup.options, name) ? setup.options[name] : undefined
  return {
    endpoint: setup.endpoint === undefined ? undefined : new URL(setup.endpoint),
    option,
    secret: setup.secret ?? (async (name) => option(name)),
    transport: shareTransport(setup.transport),
    choose: setup.choose ?? refuseToChoose,
    ask: async () => undefined,
    cache: setup.cache ?? memoryCache(setup.now),
    env: setup.env ?? (() => undefined),
    readFile: setup.readFile ?? readBytes,
    now: setup.now ?? (() => new Date()),
    log: setup.log ?? (() => {}),
    warn: setup.warn ?? (() => {}),
    finish: setup.finish ?? ((work) => work()),
    machine: setup.machine ?? nodePlatform(),
    ...omitUndefined({ show: setup.show }),
  }
}

/**
 * Prefix of the cache keys under which `auto` stores the method of an endpoint. Such an entry is not a
 * credential.
 */
export const rememberedMethodPrefix = 'auto '

/** Keeps entries until they expire, in this process only. */
export function memoryCache(now: () => Date = () => new Date()): AuthCache {
  const entries = new Map<string, { readonly value: string; readonly expires: Date }>()
  const queues = new Map<string, Promise<unknown>>()
  return {
    withLock(key, work) {
      const run = (queues.get(key) ?? Promise.resolve()).then(work)
      queues.set(
        key,
        run.catch(() => undefined),
      )
      return run
    },
    async get(key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.expires > now() ? entry.value : undefined
    },
    async set(key, value, expires) {
      entries.set(key, { value, expires })
      return false
    },
    async delete(key) {
      entries.delete(key)
    },
  }
}

/** Reuses one transport for all requests of a plugin without a client certificate. */
function shareTransport(createTransport: AuthContext['transport']): AuthContext['transport'] {
  let sharedTransport: Transport | undefined
  return (tls) => {
    if (tls !== undefined) return createTransport(tls)
    sharedTransport ??= createTransport()
    return sharedTransport
  }
}

async function refuseToChoose(
  question: string,
  choices: readonly { readonly value: string; readonly label: string }[],
): Promise<never> {
  throw new AuthError(`There is no terminal to ask: ${question}`, {
    facts: { choices: choices.map(({ value, label }) => ({ value, label })) },
  })
}

async function runCommand(
  command: string,
  env: NodeJS.ProcessEnv | undefined,
  folder: string | undefined,
): Promise<string> {
  try {
    return await commandOutput(command, { env, folder, timeout: timeLimit, size: outputLimit })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const reason = error.killed ? 'it took too long' : `exit status ${error.status ?? 'unknown'}`
    throw new Error(`${reason}: ${error.stderr.slice(-300).trim()}`)
  }
}

async function askSocket(path: string, message: string): Promise<string> {
  const { createConnection } = process.getBuiltinModule('node:net')
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    let answer = ''
    socket.setEncoding('utf8')
    // The limit covers the whole exchange, so a peer that sends single bytes cannot extend it.
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), timeLimit)
    socket.on('connect', () => socket.write(message))
    socket.on('data', (chunk) => {
      answer += String(chunk)
      if (answer.length > outputLimit) {
        socket.destroy(new Error('the answer is too long'))
        return
      }
      // oidc-agent closes the socket after its answer, other agents may not: a complete JSON text also ends
      // the exchange.
      if (answer.trimEnd().endsWith('}') && isJson(answer)) socket.end(() => resolve(answer))
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
