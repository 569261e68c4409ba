/**
 * The states of an entity over time, without timers. A request that starts a transition records all its phases in
 * advance. The state at any time follows from them, even after a restart of the process.
 */
interface Phase {
  /** Start of the phase in milliseconds since the epoch. */
  readonly at: number
  readonly state: string
  /** Shown as `….state.message` while the phase lasts. */
  readonly message?: string
}

/** Phases in ascending order; the first one has begun. Empty for entities without a state. */
export type Timeline = readonly Phase[]

export interface CurrentState {
  readonly state: string
  readonly message?: string
  /** Whether another phase will follow. No action is applicable then. */
  readonly busy: boolean
}

/** The state at a time (milliseconds since the epoch); undefined if the timeline is empty. */
export function stateAt(timeline: Timeline, now: number): CurrentState | undefined {
  let current = timeline[0]
  let busy = false
  for (const phase of timeline) {
    if (phase.at <= now) current = phase
    else busy = true
  }
  if (current === undefined) return undefined
  return current.message === undefined
    ? { state: current.state, busy }
    : { state: current.state, message: current.message, busy }
}

/** A step of a transition. `after` is milliseconds after its start; without `state`, the old state remains. */
export interface Step {
  readonly after: number
  readonly state?: string
  readonly message?: string
}

/** The timeline of a transition that starts `now` in `state`. */
export function timelineFrom(
  state: string,
  steps: readonly Step[],
  now: number,
  durationFactor: number,
): Timeline {
  let currentState = state
  return steps.map((step) => {
    currentState = step.state ?? currentState
    const phase = { at: now + step.after * durationFactor, state: currentState }
    return step.message === undefined ? phase : { ...phase, message: step.message }
  })
}
