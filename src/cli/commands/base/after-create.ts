/** The last steps of a creation: waits for a state, and reads the entity for the output. */
import type { Created } from '../../../client/index.js'
import { OcciError, withFacts } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OutputRecord } from '../../output/types.js'
import { entityRecord, locationRecord } from '../../records/entity.js'
import type { Draft, Noun } from './noun.js'
import { waitFor } from './wait-options.js'

/** What `finishCreate` does after the creation of each entity. */
export interface FinishOptions {
  /** The state to wait for. */
  readonly state: string | undefined
  /** Whether the output shows more than name and location, so that the entity must be read. */
  readonly needsEntity: boolean
}

/** The title of a created or existing entity, and what to do with it. */
interface EntityToFinish extends FinishOptions {
  readonly title: string | undefined
  /** False if the entity existed before (--if-not-exists). */
  readonly isNew: boolean
}

/**
 * Waits for the state and reads the entity, as FinishOptions requests, and returns the record to print. A failure is
 * reported to the context, and the record is still returned, so that the user can find and delete the entity.
 */
export async function finishCreate(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  created: Created,
  { title, state, needsEntity, isNew }: EntityToFinish,
): Promise<OutputRecord> {
  const { client } = draft
  const { location } = created
  const briefRecord = locationRecord(location, {
    ...(title === undefined ? {} : { name: title, title }),
    kind: draft.kind.id,
    kindTerm: draft.kind.term,
  })
  try {
    if (state !== undefined) {
      const entity = await waitFor(context, client, location, title ?? noun.one, { for: 'state', state })
      if (entity !== undefined) return entityRecord(entity)
    }
    if (created.entity !== undefined && state === undefined) return entityRecord(created.entity)
    return needsEntity
      ? entityRecord(await client.describe(location, { signal: context.signal }))
      : briefRecord
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(isNew ? withCreatedLocation(error, location) : error)
    return created.entity === undefined ? briefRecord : entityRecord(created.entity)
  }
}

/** Adds the location of the new entity to an error, so that the user does not create it again. */
export function withCreatedLocation(error: OcciError, location: string): OcciError {
  const isWaitError = error.code === 'timeout' || error.code === 'wait-failed' || error.code === 'cancelled'
  const message = isWaitError
    ? error.message
    : `${location} was created, but cannot be read: ${error.message}`
  return withFacts(error, { created: location }, message)
}
