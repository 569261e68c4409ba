/** What follows the creation of an entity: waiting for a state, and reading it for the output. */
import type { Created } from '../../../client/index.js'
import { OcciError, withFacts } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OutputRecord } from '../../output/types.js'
import { entityRecord, locationRecord } from '../../records/entity.js'
import type { Draft, Noun } from './noun.js'
import { waitFor } from './wait-options.js'

/** What to do after the creation, for each of the entities. */
export interface AfterCreate {
  /** The state to wait for. */
  readonly state: string | undefined
  /** Whether the output needs a description. */
  readonly reads: boolean
}

/**
 * Waits and reads as requested. The entity is printed even when the wait fails, so that the caller can find
 * and delete it.
 */
export async function finishCreate(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  created: Created,
  { title, state, reads, made }: AfterCreate & { readonly title: string | undefined; readonly made: boolean },
): Promise<OutputRecord> {
  const { client } = draft
  const { location } = created
  const withoutDetails = locationRecord(location, {
    ...(title === undefined ? {} : { name: title, title }),
    kind: draft.kind.id,
    kindTerm: draft.kind.term,
  })
  try {
    if (state !== undefined) {
      const waited = await waitFor(context, client, location, title ?? noun.one, { for: 'state', state })
      if (waited !== undefined) return entityRecord(waited)
    }
    if (created.entity !== undefined && state === undefined) return entityRecord(created.entity)
    return reads ? entityRecord(await client.describe(location, { signal: context.signal })) : withoutDetails
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(made ? withCreatedLocation(error, location) : error)
    return created.entity === undefined ? withoutDetails : entityRecord(created.entity)
  }
}

/** Adds the location to an error after the creation, so that the entity is not created again. */
export function withCreatedLocation(error: OcciError, location: string): OcciError {
  const waited = error.code === 'timeout' || error.code === 'wait-failed' || error.code === 'cancelled'
  const message = waited ? error.message : `${location} was created, but cannot be read: ${error.message}`
  return withFacts(error, { created: location }, message)
}
