/** Computes, for plans, what a creation would send and whether an update would be refused. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type Attributes,
  type Entity,
  type Problem,
  throwProblems,
  validateCreate,
  validateUpdate,
} from '../../model/index.js'
import { inStandardUnits, mixinsOf, prepareEntity, toProviderForm } from '../prepare-entity.js'
import type { Provider } from '../provider.js'
import { withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { Changes, NewEntity, RequestOptions } from '../types.js'
import { problemsOfChange } from './update.js'

/**
 * Returns the entity that a creation would send, in the units of the standard and without its links. Names are
 * resolved, and the title has the form in which the provider stores it. Throws the errors of `create` for an entity
 * that does not fit the model.
 */
export async function expect(
  session: Session,
  { links: _links, id: _id, ...newEntity }: NewEntity,
  options: RequestOptions = {},
): Promise<Entity> {
  const { result } = await withModel(session, options.signal, async (provider) => {
    const { entity } = prepareEntity(session, provider, newEntity)
    if (session.validate) throwProblems(await validateCreate(provider.model, entity))
    return { ...entity, attributes: withStandardUnits(provider, entity.attributes) }
  })
  return result
}

/** Returns the reasons why the model or the provider would refuse changes of an entity; empty if none is known. */
export async function changeProblems(
  session: Session,
  entity: Entity,
  changes: Changes,
  options: RequestOptions = {},
): Promise<readonly Problem[]> {
  const { result } = await withModel(session, options.signal, async (provider) => {
    const mixins = mixinsOf(session, provider, entity.kind, changes.mixins)
    const { values: attributes, core } = toProviderForm(provider, entity.kind, changes.attributes)
    const { title = core.title, summary = core.summary } = changes
    const members = omitUndefined({ title, summary })
    const { kind, mixins: currentMixins, attributes: currentAttributes } = entity
    return [
      ...(await validateUpdate(
        provider.model,
        { kind, mixins: currentMixins, attributes: currentAttributes },
        { attributes, mixins, ...members },
      )),
      ...problemsOfChange(provider, attributes, members),
    ]
  })
  return result
}

function withStandardUnits(provider: Provider, attributes: Attributes): Attributes {
  return new Map([...attributes].map(([name, value]) => [name, inStandardUnits(provider, name, value)]))
}
