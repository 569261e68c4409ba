/** `--if-not-exists`: looks for the entity before creating it. */
import type { NewEntity } from '../../../client/index.js'
import { AmbiguousError, UsageError } from '../../../errors/errors.js'
import type { Entity } from '../../../model/index.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { displayName, entityRecord, lastSegment } from '../../records/entity.js'
import type { Draft, Noun } from './noun.js'

export const ifNotExistsOption: OptionDeclaration = {
  name: 'if-not-exists',
  description:
    'when one of this title is there, show it and create nothing; two commands at the same time may both create one, except where the provider takes an id of ours (erocci, MartServer)',
  env: 'none',
}

export interface ExistingOrNew {
  readonly existing?: Entity
  readonly entity: NewEntity
}

/**
 * Finds the entity with that title, or with the chosen id. If there is none, `there` is absent and `entity`
 * has an id derived from its title, where the provider keeps ids. Throws UsageError without a title and id,
 * and AmbiguousError for several matches.
 */
export async function existing(
  noun: Noun,
  context: CommandContext,
  { client, kind }: Draft,
  entity: NewEntity,
): Promise<ExistingOrNew> {
  const { title, id } = entity
  if (title === undefined && id === undefined) {
    throw new UsageError('--if-not-exists needs a title to look for', {
      hint: `occi ${noun.name} create NAME --if-not-exists …`,
      at: '--if-not-exists',
    })
  }
  const named = id === undefined ? await client.keptTitle(entity, { signal: context.signal }) : undefined
  if (id === undefined && named === undefined) {
    throw new UsageError(`--if-not-exists cannot tell: this provider does not keep "${title}" as a name`, {
      hint: `Nothing was created. "occi ${noun.name} list" lists the existing ones; leave out --if-not-exists to create one.`,
      at: '--if-not-exists',
    })
  }
  const wanted = id === undefined ? undefined : lastSegment(id)
  const derived = id === undefined ? await client.idFor(entity, { signal: context.signal }) : undefined
  let taken = false
  const found: Entity[] = []
  for await (const one of client.list(kind, { signal: context.signal })) {
    const same =
      wanted === undefined ? one.title === named : one.id === wanted || lastSegment(one.location) === wanted
    if (same) found.push(one)
    // An entity created under this title that has another one now must not be replaced.
    if (derived !== undefined) taken ||= one.id === derived || lastSegment(one.location) === derived
  }
  const [only] = found
  if (found.length > 1) {
    throw new AmbiguousError(`There are ${found.length} ${noun.many} titled "${title}" already`, {
      hint: 'Nothing was created. Name one by its id.',
      at: '--if-not-exists',
      facts: { candidates: found.map(({ location }) => ({ location: location ?? '?', title: title ?? '' })) },
    })
  }
  if (only !== undefined && !context.options.isSet('quiet')) {
    const name = displayName(entityRecord(only))
    await context.progress.note(`The ${noun.one} "${name}" exists already; nothing was created.`)
  }
  if (only !== undefined) return { existing: only, entity }
  return { entity: derived === undefined || taken ? entity : { ...entity, id: derived } }
}
