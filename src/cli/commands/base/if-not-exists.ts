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
    'if one with this title exists, show it and create nothing; if two commands run at the same time, both may create one, unless the provider accepts ids from clients (erocci, MartServer)',
  env: 'none',
}

/** The existing entity, if there is one, and the entity to create otherwise. */
export interface ExistingOrNew {
  readonly existing?: Entity
  readonly entity: NewEntity
}

/**
 * Finds the entity with the title, or with the chosen id. If there is none, `existing` is absent, and `entity`
 * has an id derived from its title if the provider accepts ids. Throws UsageError if there is neither a title nor an
 * id, or if the provider does not store the title; AmbiguousError for several matches.
 */
export async function findExisting(
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
  const storedTitle =
    id === undefined ? await client.storedTitle(entity, { signal: context.signal }) : undefined
  if (id === undefined && storedTitle === undefined) {
    throw new UsageError(
      `--if-not-exists cannot be used: this provider does not store the title "${title}"`,
      {
        hint: `Nothing was created. "occi ${noun.name} list" lists the existing ones; omit --if-not-exists to create one.`,
        at: '--if-not-exists',
      },
    )
  }
  const chosenId = id === undefined ? undefined : lastSegment(id)
  const derivedId = id === undefined ? await client.idFor(entity, { signal: context.signal }) : undefined
  let isIdTaken = false
  const matches: Entity[] = []
  const hasId = (listedEntity: Entity, expectedId: string) =>
    listedEntity.id === expectedId || lastSegment(listedEntity.location) === expectedId
  for await (const listedEntity of client.list(kind, { signal: context.signal })) {
    if (chosenId === undefined ? listedEntity.title === storedTitle : hasId(listedEntity, chosenId))
      matches.push(listedEntity)
    // Creating with its id would replace an entity that was created with this title and renamed since then.
    if (derivedId !== undefined) isIdTaken ||= hasId(listedEntity, derivedId)
  }
  const [only] = matches
  if (matches.length > 1) {
    const criterion = chosenId === undefined ? `titled "${title}"` : `with the id "${chosenId}"`
    const uniqueName = chosenId === undefined ? 'id' : 'URL'
    throw new AmbiguousError(`${matches.length} ${noun.many} ${criterion} exist already`, {
      hint: `Nothing was created. To use an existing one, name it by its ${uniqueName}.`,
      at: '--if-not-exists',
      facts: {
        candidates: matches.map((match) => ({ location: match.location ?? '?', title: match.title ?? '' })),
      },
    })
  }
  if (only === undefined) {
    return { entity: derivedId === undefined || isIdTaken ? entity : { ...entity, id: derivedId } }
  }
  if (!context.options.isSet('quiet')) {
    const name = displayName(entityRecord(only))
    await context.progress.note(`The ${noun.one} "${name}" exists already; nothing was created.`)
  }
  return { existing: only, entity }
}
