/** What a command could not do or read, as the error that ends it. */
import { type OcciError, PartialError } from '../errors/errors.js'
import type { LostPart } from './context.js'
import type { OpenContext } from './open-context.js'

/** Undefined when all was done and read. Warns of unreadable parts that do not matter for the output. */
export async function failureOf(context: OpenContext): Promise<OcciError | undefined> {
  const losses = context.losses.filter(({ of }) => of === context.shows)
  for (const { target, error } of context.losses) {
    if (!losses.some((each) => each.target === target)) await context.warn(`${error.message} (${target})`)
  }
  return withLosses(context.failure, losses)
}

/** Combines unreadable parts with another failure; each part once. */
function withLosses(failure: OcciError | undefined, losses: readonly LostPart[]): OcciError | undefined {
  if (losses.length === 0) return failure
  const known = failure instanceof PartialError ? failure.errors : []
  if (failure !== undefined && known.length === 0) return failure
  const all = new Map(
    [...known, ...losses].map(({ target, error }) => [`${target}\0${error.message}`, { target, error }]),
  )
  if (all.size === known.length) return failure
  const errors = [...all.values()]
  const parts = errors.length === 1 ? 'One part of the answer' : `${errors.length} parts of the answers`
  return new PartialError(failure?.message ?? `${parts} could not be read`, errors, {
    hint: 'What was read is shown; what is missing is named above.',
  })
}
