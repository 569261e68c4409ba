/** Converts entities to the form in which a provider reads them. */

import { omitUndefined } from '../basics/objects.js'
import type { Entity, Link, LinkEnd } from '../model/index.js'
import { renderings } from '../rendering/index.js'
import { type Content, contentOf } from './codec.js'
import type { Provider } from './provider.js'
import type { Effects } from './quirks/types.js'

/** Returns the content of a request that sends an entity. */
export function entityContent(provider: Provider, entity: Entity): Content {
  return contentOf(provider.write, { what: 'entity', entity: toWriteForm(provider, entity) }, provider.model)
}

/**
 * Adapts an entity to the rendering of requests. In text, the kinds of a link's ends are omitted: only OCCI 1.2 has
 * attributes for them (GFD.229 §4), text is sent only to providers of OCCI 1.1, and rOCCI-server refuses attributes
 * that it does not know (rocci1-3).
 */
function toWriteForm({ write, effects }: Provider, entity: Entity): Entity {
  if (renderings[write].entities !== 'text') {
    const withoutLocations = withoutLinkLocations(entity)
    const needsCoreAttributes = write === 'json' && effects.jsonCore === 'members-and-attributes'
    return needsCoreAttributes ? withCoreAttributes(withoutLocations) : withoutLocations
  }
  if (entity.type === 'link') {
    const { source, target, ...linkWithoutEnds } = entity
    return {
      ...linkWithoutEnds,
      ...omitUndefined({ source: locationOnly(source), target: locationOnly(target) }),
    }
  }
  return { ...entity, links: entity.links.map((link) => inlineForm(link, effects)) }
}

/**
 * Removes the locations of inline links. Text renderings send them as `self`; in JSON the provider chooses them, and
 * rOCCI-server 2.0 refuses a member for them (rocci2-10).
 */
function withoutLinkLocations(entity: Entity): Entity {
  if (entity.type === 'link') return entity
  return { ...entity, links: entity.links.map(({ location: _, ...link }) => link) }
}

/** Repeats the core members as attributes, for providers that read them only there. */
function withCoreAttributes(entity: Entity): Entity {
  const coreAttributes: readonly (readonly [string, string | undefined])[] = [
    ['occi.core.id', entity.id],
    ['occi.core.title', entity.title],
    ...(entity.type === 'link'
      ? ([
          ['occi.core.source', entity.source?.location],
          ['occi.core.target', entity.target?.location],
        ] as const)
      : ([['occi.core.summary', entity.summary]] as const)),
  ]
  const attributes = new Map(entity.attributes)
  for (const [name, value] of coreAttributes) if (value !== undefined) attributes.set(name, value)
  if (entity.type === 'link') return { ...entity, attributes }
  return { ...entity, attributes, links: entity.links.map((link) => withCoreAttributes(link) as Link) }
}

/**
 * Adapts an inline link to text. The kind of its target stays, since it becomes `rel`. Providers that need complete
 * links (ooi, rOCCI-server) read the target from its attribute.
 */
function inlineForm(link: Link, { inlineLinks }: Pick<Effects, 'inlineLinks'>): Link {
  const { source, target, ...linkWithoutEnds } = link
  const adapted = { ...linkWithoutEnds, ...omitUndefined({ source: locationOnly(source), target }) }
  if (inlineLinks !== 'complete' || target === undefined) return adapted
  return { ...adapted, attributes: new Map([...link.attributes, ['occi.core.target', target.location]]) }
}

function locationOnly(end: LinkEnd | undefined): LinkEnd | undefined {
  return end === undefined ? undefined : { location: end.location }
}
