/** `--wait[=STATE]` and `--wait-timeout`, the options of all verbs that change something, and the wait itself. */
import { formatElapsed } from '../../../basics/amounts.js'
import { omitUndefined } from '../../../basics/objects.js'
import type { Client, WaitCondition } from '../../../client/index.js'
import { TimeoutError, UsageError, WaitFailedError } from '../../../errors/errors.js'
import type { Entity, LocatedEntity } from '../../../model/index.js'
import { allStates, stateOf, statesOfKinds, suggest, termOf } from '../../../model/index.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import type { Completion, OptionDeclaration } from '../../options/declaration.js'
import { parseDuration } from '../../values/duration.js'

const defaultWaitTimeout = '10m'

export const waitTimeoutOption = {
  name: 'wait-timeout',
  value: 'DURATION',
  description: 'maximum time to wait; if it is exceeded, the exit status is 9',
  default: defaultWaitTimeout,
  group: 'Waiting',
} as const satisfies OptionDeclaration

export const waitForUnlinkOptions: readonly OptionDeclaration[] = [
  { name: 'wait', description: 'wait until the link no longer exists', group: 'Waiting' },
  waitTimeoutOption,
]

/**
 * The options of a verb. `goal` describes the state for which a bare --wait waits; undefined if a state is required.
 */
export function waitOptions(kind: string, goal: string | undefined): readonly OptionDeclaration[] {
  return [
    {
      name: 'wait',
      value: 'STATE',
      bare: '',
      description: `wait until it is ${goal === undefined ? '' : `${goal}, or `}in the given state`,
      group: 'Waiting',
      completion: stateCompletion(kind),
    },
    waitTimeoutOption,
  ]
}

/**
 * The state to wait for; undefined without --wait. Throws UsageError for an invalid state or --wait-timeout, and is
 * therefore called before anything is sent.
 */
export function requestedStateOf(context: Invocation, goal: string, kind: string): string | undefined {
  const state = context.options.text('wait')
  checkTimeout(context)
  if (state === undefined || ['false', 'no', '0'].includes(state)) return undefined
  if (state === '' || state === 'true') return goal
  checkState(state, { kind })
  return state
}

/** A placeholder for the goal of a bare `--wait` after an update. `stateToAwait` replaces it by a state. */
export const sameStateGoal = 'in the same state as before'

/**
 * The state to wait for after an update. A bare --wait waits for the state before the update, since an update does not
 * start a stopped machine, or for `ready` if the entity was still being built. Undefined without --wait, and if the
 * entity has no state.
 */
export async function stateToAwait(
  context: Surroundings,
  client: Client,
  { location, entity }: { readonly location: string; readonly entity?: Entity | undefined },
  { requestedState, ready }: { readonly requestedState: string | undefined; readonly ready: string },
): Promise<string | undefined> {
  if (requestedState !== sameStateGoal) return requestedState
  const { signal } = context
  const before = entity ?? (await client.describe(location, { signal }))
  const state = stateOf(before, await client.model({ signal }))
  if (state === undefined) return undefined
  return lastingStates.includes(state) || isStopped(state, before) ? state : ready
}

/** The states that an entity keeps until something changes it. */
const lastingStates: readonly string[] = ['active', 'suspended', 'online', 'degraded', 'error']

/** Whether an entity is stopped. An entity that is still being built is inactive, too, but offers no action. */
function isStopped(state: string, { actions }: Entity): boolean {
  return (state === 'inactive' || state === 'offline') && actions.length > 0
}

/**
 * Completes the states of a kind, and other words that the option accepts. `kind` is empty for entities of any kind.
 * For a kind whose states are unknown, the usual states are completed, without the other words.
 */
export function stateCompletion(kind: string, otherWords: readonly string[] = []): Completion {
  const term = termOf(kind)
  const states = kind === '' ? allStates() : statesOfKinds.get(term)
  return states === undefined ? { of: 'state', kind } : { of: 'words', words: [...states, ...otherWords] }
}

/** The kind and the option for which a state is checked. */
interface StateCheck {
  /** Undefined for entities of any kind. */
  readonly kind: string | undefined
  /** The option that names the state. */
  readonly at?: string
  /** Other words that the option accepts, for suggestions. */
  readonly otherWords?: readonly string[]
}

/**
 * Throws UsageError for a state that the kind does not have, since the wait would only time out. A kind whose states
 * are unknown may have any state. Without a kind, only a word that resembles a state is refused.
 */
export function checkState(state: string, { kind, at = '--wait', otherWords = [] }: StateCheck): void {
  const term = kind === undefined ? undefined : termOf(kind)
  const kindStates = term === undefined ? undefined : statesOfKinds.get(term)
  if (term !== undefined && kindStates === undefined) return
  const states = kindStates ?? allStates()
  if (states.includes(state.toLowerCase())) return
  const [similar] = suggest(state, [...states, ...otherWords])
  if (term === undefined && similar === undefined) return
  const suggestion = similar === undefined ? '' : `Did you mean ${similar}? `
  const otherState =
    kindStates === undefined
      ? ''
      : `. For any other state: occi ${term} wait NAME --for occi.${term}.state=STATE`
  throw new UsageError(
    term === undefined ? `There is no state "${state}"` : `A ${term} has no state "${state}"`,
    {
      hint: `${suggestion}States: ${states.join(', ')}${otherState}.`,
      at,
      facts: { choices: states },
    },
  )
}

/** Throws UsageError for an invalid --wait-timeout. */
export function checkTimeout(context: Invocation): void {
  timeoutOf(context, 'wait-timeout')
}

/** The value of a duration option in milliseconds. Throws UsageError. */
export function timeoutOf(context: Invocation, option: string): number {
  return parseDuration(context.options.text(option) ?? defaultWaitTimeout, `--${option}`)
}

interface WaitDetails {
  /** The option that limits the wait. Default `wait-timeout`. */
  readonly timeoutOption?: string
  /** The entity, if it was just read. */
  readonly known?: Entity | undefined
  /** The term of the action that was just triggered. */
  readonly after?: string
}

/**
 * Polls the entity until the condition holds, and shows progress. `name` stands for the location in messages. Returns
 * undefined after a deletion and in a preview. Throws TimeoutError and WaitFailedError.
 */
export async function waitFor(
  context: CommandContext,
  client: Client,
  location: string,
  name: string,
  condition: WaitCondition,
  { timeoutOption = 'wait-timeout', known, after }: WaitDetails = {},
): Promise<LocatedEntity | undefined> {
  const timeout = timeoutOf(context, timeoutOption)
  if (context.preview !== undefined) return undefined
  const { goalOf } = await import('../../../client/index.js')
  const phase = `Waiting for ${name} to be ${goalOf(condition)}`
  context.progress.show(phase)
  const startedAt = context.clock.now()
  const elapsed = () => context.clock.now() - startedAt
  const history = await waitHistory(context)
  try {
    const entity = await client.wait(location, condition, {
      timeout,
      signal: context.signal,
      ...omitUndefined({ known, after }),
      onPoll: (state) =>
        context.progress.show(
          phase,
          [state, timeLeft(history?.usualDuration, elapsed())].filter(Boolean).join(', '),
        ),
    })
    history?.record(elapsed())
    return entity
  } catch (error) {
    throw withTypedName(error, location, name, timeoutOption)
  }
}

/**
 * The usual duration of this command's waits, and a function that records another; undefined if no progress is shown.
 */
function waitHistory(context: CommandContext): ReturnType<typeof readWaitHistory> | undefined {
  const { progress, streams } = context
  if (streams.progress === 'none') return undefined
  const history = waitHistories.get(progress) ?? readWaitHistory(context)
  waitHistories.set(progress, history)
  return history
}

/** Each command has one progress, so its journal is read once. */
const waitHistories = new WeakMap<CommandContext['progress'], ReturnType<typeof readWaitHistory>>()

async function readWaitHistory({ command, runtime }: CommandContext) {
  const { openJournal } = await import('../../../config/index.js')
  const journal = openJournal(runtime.folders.state)
  const record = (milliseconds: number) => journal.noteWait(command, milliseconds)
  return { usualDuration: await journal.usualWait(command), record }
}

function timeLeft(usualDuration: number | undefined, elapsed: number): string {
  const remaining = (usualDuration ?? 0) - elapsed
  return remaining < 1000 ? '' : `about ${formatElapsed(remaining)} left`
}

/**
 * In an error of the client, replaces the location by the name that the user typed, and names the option that limits
 * the wait.
 */
function withTypedName(error: unknown, location: string, name: string, option: string): unknown {
  const withName = (message: string) =>
    name === location || !message.startsWith(location) ? message : `${name}${message.slice(location.length)}`
  if (error instanceof TimeoutError) {
    return new TimeoutError(withName(error.message), {
      hint: `Wait longer with --${option}; nothing was undone.`,
      cause: error,
      ...omitUndefined({ facts: error.facts }),
    })
  }
  if (!(error instanceof WaitFailedError)) return error
  return new WaitFailedError(withName(error.message), {
    cause: error,
    ...omitUndefined({ hint: error.hint, facts: error.facts }),
  })
}

/** The state for messages: ` (active)`; empty if the entity has none. */
export function inState(entity: Entity | undefined): string {
  const state = entity === undefined ? undefined : stateOf(entity)
  return state === undefined ? '' : ` (${state})`
}
