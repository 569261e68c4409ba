/** Waits for a condition by reading an entity repeatedly. */

import { formatLimit } from '../../basics/amounts.js'
import { omitUndefined } from '../../basics/objects.js'
import { combineSignals } from '../../basics/signals.js'
import {
  NetworkError,
  NotFoundError,
  ServerError,
  TimeoutError,
  WaitFailedError,
} from '../../errors/errors.js'
import {
  type Entity,
  ipAddressesOf,
  type LocatedEntity,
  type Model,
  stateOf,
  termOf,
} from '../../model/index.js'
import { compareWithRequest } from '../differences.js'
import { isDeleted } from '../errors.js'
import type { Provider } from '../provider.js'
import type { KindStates } from '../quirks/types.js'
import { locationOfRef } from '../resolve.js'
import type { Session } from '../session.js'
import { isSettling } from '../settling.js'
import type { EntityRef, WaitCondition, WaitOptions, WaitResult } from '../types.js'
import { describeAt } from './describe.js'

/** Times in milliseconds. */
const defaultTimeout = 600_000
const firstInterval = 500
const maxInterval = 15_000
/** How many reads in a row may fail without ending the wait, since a provider under load fails occasionally. */
const toleratedFailures = 3
/**
 * Milliseconds after which a state that only an action can change is an error. A triggered action may take that long.
 */
const stuckTimeout = 5000
/** Milliseconds after which an unchanged state is an error at a provider where actions may have no effect (E25). */
const noEffectTimeout = 60_000

/** Reads until the condition holds, the timeout passes, the caller's signal is aborted or the client is closed. */
export async function wait<C extends WaitCondition>(
  session: Session,
  ref: EntityRef,
  condition: C,
  options: WaitOptions = {},
): Promise<WaitResult<C>> {
  const { signal, release } = combineSignals([options.signal, session.closing])
  try {
    // The result is undefined only for the condition `deleted`, as WaitResult says.
    return (await waitWith(session, ref, condition, { ...options, signal })) as WaitResult<C>
  } finally {
    release()
  }
}

/** Waits with the combined signal of caller and client. Returns undefined for the condition `deleted`. */
async function waitWith(
  session: Session,
  ref: EntityRef,
  condition: WaitCondition,
  options: WaitOptions,
): Promise<LocatedEntity | undefined> {
  const { clock } = session
  const location = locationOfRef(session, ref)
  const provider = await session.provider.get(options.signal)
  const { model } = provider
  const start = clock.now()
  const timeout = options.timeout ?? defaultTimeout
  let interval = options.interval ?? firstInterval
  let failures = 0
  let knownEntity = options.known
  let state: string | undefined
  let stuckSince: number | undefined
  for (;;) {
    const observation: Observation =
      knownEntity === undefined
        ? await observe(session, location, condition, options.signal, failures)
        : { failed: false, entity: { ...knownEntity, location } }
    knownEntity = undefined
    failures = observation.failed && observation.settling !== true ? failures + 1 : 0
    if (!observation.failed) {
      state = observation.entity === undefined ? 'deleted' : stateOf(observation.entity, model)
      options.onPoll?.(state, clock.now() - start)
      if (checkReachable(condition, observation.entity, state, location, provider) === 'met') {
        if (observation.entity !== undefined)
          compareWithRequest(session, provider, location, observation.entity)
        return observation.entity
      }
    }
    const stuckState =
      condition.for === 'state'
        ? stuckStateOf(provider, location, observation.entity, state, options.after)
        : undefined
    stuckSince = stuckState === undefined ? undefined : (stuckSince ?? clock.now())
    if (stuckState !== undefined && clock.now() - (stuckSince ?? 0) >= stuckState.timeout)
      throw stuckState.error
    const remaining = timeout - (clock.now() - start)
    if (remaining <= 0) throw waitTimeoutError(condition, location, timeout, state, observation.entity, model)
    await clock.sleep(Math.min(interval, remaining), options.signal)
    interval = Math.min(interval * 2, maxInterval)
  }
}

/** The result of one read. */
interface Observation {
  /** Whether the read failed, and is to be repeated. */
  readonly failed: boolean
  /** Whether the entity was just created and does not appear yet, which does not count as a failure. */
  readonly settling?: boolean
  /** Absent if the read failed or the entity does not exist. */
  readonly entity?: LocatedEntity
}

/** Reads the entity once. Throws errors that end the wait; `failures` is the number of failed reads just before. */
async function observe(
  session: Session,
  location: string,
  condition: WaitCondition,
  signal: AbortSignal | undefined,
  failures: number,
): Promise<Observation> {
  try {
    return { failed: false, entity: await describeAt(session, location, signal) }
  } catch (error) {
    if (isDeleted(error)) {
      if (condition.for === 'deleted' || condition.for === 'exists') return { failed: false }
      throw new NotFoundError(`${location} was deleted.`, {
        cause: error,
        ...omitUndefined({ http: error.http }),
      })
    }
    if (error instanceof NotFoundError) {
      const settling = condition.for !== 'deleted' && isSettling(session, location)
      return settling ? { failed: true, settling } : { failed: false }
    }
    if (signal?.aborted) throw error
    const isTemporary =
      error instanceof NetworkError || error instanceof TimeoutError || mayBeOverloaded(error)
    if (isTemporary && failures < toleratedFailures) return { failed: true }
    throw error
  }
}

function mayBeOverloaded(error: unknown): boolean {
  return error instanceof ServerError && [500, 502, 503, 504, 429].includes(error.http?.status ?? 0)
}

/** Returns whether the condition is met. Throws NotFoundError or WaitFailedError if it can no longer be met. */
function checkReachable(
  condition: WaitCondition,
  entity: Entity | undefined,
  state: string | undefined,
  location: string,
  provider: Provider,
): 'met' | 'not-yet' {
  if (entity === undefined) {
    if (condition.for === 'deleted') return 'met'
    if (condition.for === 'exists') return 'not-yet'
    throw new NotFoundError(`${location} does not exist: it was deleted or never created.`, {
      http: { method: 'GET', url: location },
    })
  }
  if (isMet(condition, entity, state, provider)) return 'met'
  if (state === 'error' && condition.for !== 'deleted') throw errorState(location, state, entity)
  return 'not-yet'
}

function errorState(location: string, state: string, { kind, attributes }: Entity): WaitFailedError {
  const message = attributes.get(`occi.${termOf(kind)}.state.message`)
  const reason = message === undefined ? '' : `: ${String(message).slice(0, 300)}`
  return new WaitFailedError(`${location} is in state ${state}${reason}`, { facts: { state, location } })
}

function isMet(
  condition: WaitCondition,
  entity: Entity,
  state: string | undefined,
  provider: Provider,
): boolean {
  switch (condition.for) {
    case 'exists':
      return true
    case 'deleted':
      return false
    case 'state':
      return (
        state?.toLowerCase() === condition.state.toLowerCase() ||
        isShownAs(provider, entity, state, condition.state.toLowerCase())
      )
    case 'attribute':
      return String(entity.attributes.get(condition.name) ?? '') === condition.value
    case 'ip':
      return entity.type === 'resource' && ipAddressesOf(entity).length > 0
  }
}

function statesOf({ effects }: Provider, entity: Entity): KindStates {
  const term = termOf(entity.kind)
  return (Object.hasOwn(effects.states, term) ? effects.states[term] : undefined) ?? {}
}

/**
 * Whether the entity is in the wanted state although the provider shows another one. OCCI-OS, for example, shows
 * suspended machines as inactive ones that offer `start` (Q36).
 */
function isShownAs(
  provider: Provider,
  entity: Entity,
  state: string | undefined,
  wantedState: string,
): boolean {
  const { preciseState, shownAs = {} } = statesOf(provider, entity)
  const rule = Object.hasOwn(shownAs, wantedState) ? shownAs[wantedState] : undefined
  if (rule === undefined || state !== rule.state) return false
  // An attribute that distinguishes the states takes precedence.
  if (preciseState !== undefined && entity.attributes.has(preciseState.attribute)) return false
  return offersAction(entity, rule.offers)
}

interface StuckState {
  readonly error: WaitFailedError
  /** Milliseconds for which the state must last before it is an error. */
  readonly timeout: number
}

/** Returns the error for a state that does not change by itself; undefined if the state may change. */
function stuckStateOf(
  provider: Provider,
  location: string,
  entity: Entity | undefined,
  state: string | undefined,
  triggeredAction: string | undefined,
): StuckState | undefined {
  if (entity === undefined) return undefined
  // A degraded storage works but does not change its state by itself.
  if (state === 'degraded') return { error: errorState(location, state, entity), timeout: stuckTimeout }
  const { lasting = {}, storesOnly = false } = statesOf(provider, entity)
  if (storesOnly && triggeredAction !== undefined) {
    return { error: unchangedError(provider, location, state, triggeredAction), timeout: noEffectTimeout }
  }
  if (storesOnly && state === undefined)
    return { error: noStateError(provider, location), timeout: stuckTimeout }
  const action = state !== undefined && Object.hasOwn(lasting, state) ? lasting[state] : undefined
  if (state === undefined || action === undefined || !offersAction(entity, action)) return undefined
  return { error: lastingStateError(location, state, action, entity), timeout: stuckTimeout }
}

function unchangedError(
  { profile }: Provider,
  location: string,
  state: string | undefined,
  action: string,
): WaitFailedError {
  const currentState = state === undefined ? 'shows no state' : `is still ${state}`
  return new WaitFailedError(
    `${location} ${currentState}: "${action}" was accepted but has not changed the state`,
    {
      hint: `${profile.title} may only store descriptions of machines; then actions have no effect.`,
      facts: { location, action, ...(state === undefined ? {} : { state }) },
    },
  )
}

function noStateError({ profile }: Provider, location: string): WaitFailedError {
  return new WaitFailedError(`${location} exists but shows no state, so the wait cannot end`, {
    hint: `${profile.title} reports no state for it; omit \`wait\`.`,
    facts: { location },
  })
}

function offersAction({ actions }: Entity, term: string): boolean {
  return actions.some(({ id }) => termOf(id) === term)
}

function lastingStateError(
  location: string,
  state: string,
  action: string,
  { kind }: Entity,
): WaitFailedError {
  return new WaitFailedError(`${location} stays ${state} until "${action}" is triggered`, {
    hint: `\`trigger()\` the action ${action}.`,
    facts: { state, location, action, kind: termOf(kind) },
  })
}

function waitTimeoutError(
  condition: WaitCondition,
  location: string,
  timeout: number,
  state: string | undefined,
  entity: Entity | undefined,
  model: Model,
): TimeoutError {
  const last = condition.for === 'attribute' ? entity?.attributes.get(condition.name) : state
  const lastValue =
    last === undefined ? '' : `; the last ${condition.for === 'attribute' ? 'value' : 'state'} was ${last}`
  const stateAttribute = entity === undefined ? undefined : model.stateAttribute(entity.kind)
  return new TimeoutError(
    `${location} was not ${goalOf(condition)} within ${formatLimit(timeout)}${lastValue}`,
    {
      hint: 'Wait longer with `timeout`; nothing was undone.',
      facts: {
        location,
        timeout: 'wait',
        milliseconds: timeout,
        ...omitUndefined({ state, attribute: stateAttribute }),
      },
    },
  )
}

/** Returns the goal of a wait in words that complete "the entity is …": `active`, `deleted`, `given an address`. */
export function goalOf(condition: WaitCondition): string {
  switch (condition.for) {
    case 'state':
      return condition.state
    case 'attribute':
      return `${condition.name}=${condition.value}`
    case 'ip':
      return 'given an address'
    case 'deleted':
      return 'deleted'
    case 'exists':
      return 'there'
  }
}
