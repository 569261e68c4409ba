/** `--for port=22`: waits until a port of the machine accepts connections. */
import { formatLimit } from '../../../basics/amounts.js'
import type { Client } from '../../../client/index.js'
import {
  NetworkError,
  ServerError,
  TimeoutError,
  UsageError,
  WaitFailedError,
} from '../../../errors/errors.js'
import { type Entity, ipAddressesOf, stateOf } from '../../../model/index.js'
import type { Dialogue, Invocation, Surroundings } from '../../context.js'

/** Milliseconds between polls at the beginning. The interval doubles after each poll, up to longestInterval. */
const firstInterval = 500
const longestInterval = 5_000

/** The machine and the port to wait for. */
interface PortWait {
  readonly location: string
  /** The name that the user typed. */
  readonly name: string
  readonly port: number
  /** Milliseconds. */
  readonly timeout: number
  /** The option that sets the timeout: `timeout`. */
  readonly timeoutOption: string
  readonly isPractice: () => Promise<boolean>
}

/** Parses a port number. Throws UsageError. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new UsageError(`--for cannot be "port=${text}"`, {
    hint: 'Use a port from 1 to 65535: --for port=22.',
    at: '--for',
  })
}

/**
 * Polls the entity until one of its addresses accepts a connection. Returns undefined in a preview. Throws
 * WaitFailedError in the state `error`, TimeoutError with the last observation, and NotFoundError.
 */
export async function waitForPort(
  context: Dialogue & Invocation & Surroundings,
  client: Client,
  { location, name, port, timeout, timeoutOption, isPractice: checkPractice }: PortWait,
): Promise<Entity | undefined> {
  if (context.preview !== undefined) return undefined
  const { clock, signal, runtime, progress } = context
  const model = await client.model({ signal })
  const startedAt = clock.now()
  const isPractice = await checkPractice()
  if (isPractice) {
    await context.warn(
      `the practice cloud has no real machines: port ${port} counts as open when ${name} is active and has an address`,
    )
  }
  const phase = `Waiting for ${name} to accept connections on port ${port}`
  let interval = firstInterval
  let lastObservation = 'it could not be read'
  let hasAddress = true
  progress.show(phase)
  for (;;) {
    const entity = await ignoreTransient(() => client.describe(location, { signal }))
    if (entity !== undefined) {
      const state = stateOf(entity, model)
      if (state === 'error') {
        throw new WaitFailedError(`${name} is in state error`, { facts: { state, location } })
      }
      const addresses = entity.type === 'resource' ? ipAddressesOf(entity) : []
      hasAddress = addresses.length > 0
      lastObservation = `the last state was ${state ?? 'unknown'}, ${hasAddress ? `at ${addresses.join(', ')}` : 'without an address'}`
      progress.show(phase, state)
      if (isPractice && state === 'active' && hasAddress) return entity
      for (const address of isPractice ? [] : addresses) {
        if (await runtime.reach(address, port, signal)) return entity
      }
    }
    const remaining = timeout - (clock.now() - startedAt)
    if (remaining <= 0) {
      throw new TimeoutError(
        `${name} accepted no connection on port ${port} within ${formatLimit(timeout)}; ${lastObservation}`,
        {
          hint: hasAddress
            ? `Wait longer with --${timeoutOption}, or check that no firewall blocks the port.`
            : `Wait longer with --${timeoutOption}, or link it to a network: occi link create MACHINE NETWORK.`,
          facts: { location, port },
        },
      )
    }
    await clock.sleep(Math.min(interval, remaining), signal)
    interval = Math.min(interval * 2, longestInterval)
  }
}

/** Returns undefined after a transient failure, so that the wait continues until its timeout. */
async function ignoreTransient<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NetworkError || error instanceof TimeoutError || error instanceof ServerError) {
      return undefined
    }
    throw error
  }
}
