/**
 * States over time, without timers: what an entity is at an instant follows from the phases that were
 * written down when something was asked of it. So a restarted process sees the right state.
 */
export interface Phase {
  /** From when on, milliseconds since the epoch. */
  readonly at: number
  readonly state: string
  /** Shown as `….state.message` while the phase lasts. */
  readonly message?: string
}

/** Ascending; the first phase is at or before now. Empty for entities without a state. */
export type Timeline = readonly Phase[]

export interface Moment {
  readonly state: string
  readonly message?: string
  /** Whether another phase is still to come: then no action is applicable. */
  readonly busy: boolean
}

/** Undefined for an entity without a state of its own. */
export function momentOf(timeline: Timeline, now: number): Moment | undefined {
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

/** A step of a transition: after how many milliseconds, to which state; no state = as it was. */
export interface Step {
  readonly after: number
  readonly state?: string
  readonly message?: string
}

export function timelineFrom(state: string, steps: readonly Step[], now: number, speed: number): Timeline {
  let latest = state
  return steps.map((step) => {
    latest = step.state ?? latest
    const phase = { at: now + (speed === 0 ? 0 : step.after / speed), state: latest }
    return step.message === undefined ? phase : { ...phase, message: step.message }
  })
}
