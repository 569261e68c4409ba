/** `--record FILE`: writes each exchange of a command to a HAR file. */
import { randomUUID } from 'node:crypto'
import { constants, ftruncateSync, openSync, writeSync } from 'node:fs'
import type { Credentials } from '../../auth/index.js'
import { UsageError } from '../../errors/errors.js'
import {
  type CredentialsOutcome,
  type Exchange,
  harEntry,
  harHead,
  harTail,
  type RecordingFacts,
  recordedError,
  recordTransport,
  type Transport,
} from '../../transport/index.js'
import type { Invocation, Surroundings } from '../context.js'
import type { Runtime } from '../runtime.js'

interface Recorder {
  /** Wraps a transport to record its exchanges. */
  wrap(transport: Transport, by: Exchange['by']): Transport
  /**
   * Records the credentials and wraps them to record the results of their methods, so that a replay needs no secret.
   */
  recordCredentials(credentials: Credentials): Credentials
  recordLoginError(error: unknown): void
  /** Adds facts about the command. */
  addFacts(facts: Pick<RecordingFacts, 'endpoint' | 'retries'>): void
  /** Generates an id and records it, so that a replay uses the same. */
  uuid(): string
}

/** Recorders by runtime: a command may connect several times but writes one file. */
const recorders = new WeakMap<Runtime, Recorder>()

/** Returns the recorder of --record; undefined without it. Throws UsageError if the file cannot be written. */
export function recorderOf(context: Invocation & Surroundings): Recorder | undefined {
  const file = context.settings.get('record')
  if (file === undefined || file === '') return undefined
  let recorder = recorders.get(context.runtime)
  if (recorder === undefined) {
    recorder = openRecorder(context, context.runtime.resolvePath(file))
    recorders.set(context.runtime, recorder)
  }
  return recorder
}

function openRecorder({ runtime, command }: Invocation & Surroundings, path: string): Recorder {
  const { clock, redactor } = runtime
  const mask = (text: string) => redactor?.mask(text) ?? text
  const file = openHar(path, { name: 'occi', version: runtime.version })
  const ids: string[] = []
  const outcomes: CredentialsOutcome[] = []
  const exchanges: Exchange[] = []
  let facts: RecordingFacts = { command }
  let login: Credentials | undefined
  let loginError: unknown
  const write = () => {
    file.write(exchanges.splice(0), {
      ...facts,
      ...(ids.length === 0 ? {} : { ids }),
      ...(login === undefined && loginError === undefined
        ? {}
        : { login: loginFacts(login, loginError, outcomes, mask) }),
    })
  }
  write()
  const addOutcome = (outcome: CredentialsOutcome) => {
    outcomes.push(outcome)
    write()
  }
  return {
    wrap: (transport, by) =>
      recordTransport(transport, {
        by,
        now: clock.now,
        mask,
        add: (exchange) => {
          exchanges.push(exchange)
          write()
        },
      }),
    recordCredentials(credentials) {
      login = credentials
      write()
      return recordedCredentials(credentials, addOutcome, mask)
    },
    recordLoginError(error) {
      loginError = error
      write()
    },
    addFacts(newFacts) {
      facts = { ...facts, ...newFacts }
      write()
    },
    uuid() {
      const id = randomUUID()
      ids.push(id)
      return id
    },
  }
}

function loginFacts(
  login: Credentials | undefined,
  loginError: unknown,
  outcomes: readonly CredentialsOutcome[],
  mask: (text: string) => string,
): NonNullable<RecordingFacts['login']> {
  if (loginError !== undefined) return { failed: recordedError(loginError, mask) }
  if (login === undefined) return {}
  return {
    description: JSON.parse(mask(JSON.stringify(login.describe()))) as Record<string, unknown>,
    ...(login.certificate === undefined ? {} : { certificate: login.certificate }),
    ...(login.renewals === undefined ? {} : { renewals: login.renewals }),
    outcomes,
  }
}

function recordedCredentials(
  credentials: Credentials,
  addOutcome: (outcome: CredentialsOutcome) => void,
  mask: (text: string) => string,
): Credentials {
  const { renew, refused } = credentials
  let signCount = 0
  const recordFailure = (outcome: Omit<CredentialsOutcome, 'error'>) => (error: unknown) => {
    addOutcome({ ...outcome, error: recordedError(error, mask) })
    throw error
  }
  return Object.assign(Object.create(credentials) as Credentials, {
    sign(request: Parameters<Credentials['sign']>[0]) {
      signCount += 1
      return credentials.sign(request).catch(recordFailure({ call: 'sign', after: signCount }))
    },
    ...(renew === undefined
      ? {}
      : {
          renew: async (...args: Parameters<NonNullable<Credentials['renew']>>) => {
            const renewed = await renew.apply(credentials, args).catch(recordFailure({ call: 'renew' }))
            addOutcome({ call: 'renew', renewed })
            return renewed
          },
        }),
    ...(refused === undefined
      ? {}
      : {
          refused: async (...args: Parameters<NonNullable<Credentials['refused']>>) => {
            const error = await refused.apply(credentials, args)
            addOutcome({
              call: 'refused',
              ...(error === undefined ? {} : { error: recordedError(error, mask) }),
            })
            return error
          },
        }),
  })
}

interface HarFile {
  /** Adds exchanges. The file is a complete HAR after each call, even if the process is killed later. */
  write(exchanges: readonly Exchange[], facts: RecordingFacts): void
}

/** Opens the file: truncates it, or creates it so that only its owner can read it. Throws UsageError. */
function openHar(path: string, creator: { readonly name: string; readonly version: string }): HarFile {
  const orUsageError = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw new UsageError(`--record: ${path} cannot be written`, {
        hint: 'Choose another file.',
        at: '--record',
        cause,
      })
    }
  }
  const { O_CREAT, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants
  // Without O_NONBLOCK, opening a FIFO without a reader would block.
  const fd = orUsageError(() => openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o600))
  const head = Buffer.from(harHead(creator))
  orUsageError(() => writeSync(fd, head, 0, head.length, 0))
  let entriesEnd = head.length
  let fileEnd = head.length
  let isFirst = true
  return {
    write(exchanges, facts) {
      let text = ''
      for (const exchange of exchanges) {
        text += `${isFirst ? '\n' : ',\n'}${harEntry(exchange)}`
        isFirst = false
      }
      const entries = Buffer.from(text)
      const bytes = Buffer.concat([entries, Buffer.from(harTail(facts))])
      orUsageError(() => {
        for (let written = 0; written < bytes.length; ) {
          written += writeSync(fd, bytes, written, bytes.length - written, entriesEnd + written)
        }
        // The facts at the end may be shorter than before.
        if (entriesEnd + bytes.length < fileEnd) ftruncateSync(fd, entriesEnd + bytes.length)
      })
      fileEnd = entriesEnd + bytes.length
      entriesEnd += entries.length
    },
  }
}
