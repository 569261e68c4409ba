/** What a creation or an update would do, without sending it: for plans. */
import {
  type Attributes,
  type Entity,
  type Problem,
  throwProblems,
  validateCreate,
  validateUpdate,
} from '../../model/index.js'
import { draftOf, inStandardUnits, mixinsOf, toProviderForm } from '../draft.js'
import type { Provider } from '../provider.js'
import { withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { Changes, NewEntity, RequestOptions } from '../types.js'
import { problemsOfChange } from './update.js'

/**
 * The entity as a creation would send it, in the units of the standard and without its links: names are resolved, and
 * the title has the form in which the provider keeps it. Throws as `create` does for what does not fit the model.
 */
export async function expect(
  session: Session,
  { links: _, id: __, ...wanted }: NewEntity,
  options: RequestOptions = {},
): Promise<Entity> {
  const { found } = await withModel(session, options.signal, async (provider) => {
    const { entity } = draftOf(session, provider, wanted)
    if (session.validate) throwProblems(await validateCreate(provider.model, entity))
    return { ...entity, attributes: withStandardUnits(provider, entity.attributes) }
  })
  return found
}

/** What the model and the provider have against these changes of an entity; empty when nothing is known. */
export async function changeProblems(
  session: Session,
  shown: Entity,
  changes: Changes,
  options: RequestOptions = {},
): Promise<readonly Problem[]> {
  const { found } = await withModel(session, options.signal, async (provider) => {
    const mixins = mixinsOf(session, provider, shown.kind, changes.mixins)
    const { values: attributes, core } = toProviderForm(provider, shown.kind, changes.attributes)
    const { title = core.title, summary = core.summary } = changes
    const members = {
      ...(title === undefined ? {} : { title }),
      ...(summary === undefined ? {} : { summary }),
    }
    const { kind, mixins: worn, attributes: known } = shown
    return [
      ...(await validateUpdate(
        provider.model,
        { kind, mixins: worn, attributes: known },
        { attributes, mixins, ...members },
      )),
      ...problemsOfChange(provider, attributes, members),
    ]
  })
  return found
}

function withStandardUnits(provider: Provider, attributes: Attributes): Attributes {
  return new Map([...attributes].map(([name, value]) => [name, inStandardUnits(provider, name, value)]))
}
