/** Opens a sandbox: finds its persona and its state, and puts the parts together. */
import { randomUUID } from 'node:crypto'
import { omitUndefined } from '../basics/objects.js'
import { UsageError } from '../errors/errors.js'
import { defaultPersona, personaNamed, personaNames } from './personas/index.js'
import { createSandbox } from './sandbox.js'
import { fileStore } from './state/file.js'
import { memoryStore } from './state/store.js'
import type { Clock, MakeUuid, Sandbox, SandboxAuth } from './types.js'

interface OpenSettings {
  /** Path of the state file. Absent: the state is kept in memory. */
  readonly state?: string
  /** Name of the persona. Absent: OCCI 1.2 as specified. */
  readonly as?: string
  readonly auth?: SandboxAuth
  /**
   * The factor by which the durations of state changes are multiplied, so a higher number is slower. Default 1: a
   * machine boots in 2.5 s. 0 makes them immediate.
   */
  readonly speed?: number
  /** Highest number of machines; the creation of another one is refused with 403. Default: no limit. */
  readonly machineLimit?: number
  readonly clock: Clock
  readonly uuid?: MakeUuid
}

interface OpenedSandbox {
  readonly sandbox: Sandbox
  /** Path of the endpoint below the origin: '' or '/occi1.1'. */
  readonly basePath: string
  /** Reads the state file, if any. Throws ConfigError when it is not a state file. */
  checkStateFile(): Promise<void>
}

/**
 * Opens a sandbox. Throws UsageError for an unknown persona. The state file is not read before the first request,
 * except by `checkStateFile`.
 */
export function openSandbox(settings: OpenSettings): OpenedSandbox {
  const persona = settings.as === undefined ? defaultPersona : personaNamed(settings.as)
  if (persona === undefined) {
    throw new UsageError(`The practice cloud has no persona ${settings.as}`, {
      hint: `Use one of ${personaNames().join(', ')}.`,
    })
  }
  const { clock, state, uuid = randomUUID, auth = { method: 'none' }, speed = 1, machineLimit } = settings
  const seed = () => persona.seed(clock())
  const store = state === undefined ? memoryStore(seed()) : fileStore(state, seed)
  return {
    sandbox: createSandbox({
      store,
      clock,
      uuid,
      persona,
      auth,
      durationFactor: speed,
      ...omitUndefined({ machineLimit }),
    }),
    basePath: persona.behaviour.basePath,
    checkStateFile: () => store.read(() => {}),
  }
}
