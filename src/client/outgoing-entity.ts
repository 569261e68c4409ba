/** Entities in the rendering in which a provider is written to. */

import { omitUndefined } from '../basics/objects.js'
import type { Entity, Link, LinkEnd } from '../model/index.js'
import { renderings } from '../rendering/index.js'
import { type Content, contentOf } from './codec.js'
import type { Provider } from './provider.js'

/** The content of a request that sends an entity. */
export function entityContent(provider: Provider, entity: Entity): Content {
  return contentOf(provider.write, { what: 'entity', entity: toWriteForm(provider, entity) }, provider.model)
}

/**
 * Only OCCI 1.2 has text attributes for the kinds of a link's ends (GFD.229 §4). Providers that are written
 * to in text have OCCI 1.1, and rOCCI-server refuses unknown attributes.
 */
function toWriteForm({ write, effects }: Provider, entity: Entity): Entity {
  if (renderings[write].entities !== 'text') {
    const withoutLocations = withoutLinkLocations(entity)
    return effects.jsonCore === 'members' || write !== 'json' ? withoutLocations : withCore(withoutLocations)
  }
  if (entity.type === 'link') {
    const { source, target, ...rest } = entity
    return { ...rest, ...ends(locationOnly(source), locationOnly(target)) }
  }
  return {
    ...entity,
    links: entity.links.map((link) => inlineForm(link, effects.inlineLinks === 'complete')),
  }
}

/**
 * Text renderings give the location of an inline link by `self`. In JSON the provider chooses it, and
 * rOCCI-core's schema refuses one.
 */
function withoutLinkLocations(entity: Entity): Entity {
  if (entity.type === 'link') return entity
  return { ...entity, links: entity.links.map(({ location: _, ...link }) => link) }
}

function withCore(entity: Entity): Entity {
  const core: readonly (readonly [string, string | undefined])[] = [
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
  for (const [name, value] of core) if (value !== undefined) attributes.set(name, value)
  if (entity.type === 'link') return { ...entity, attributes }
  return { ...entity, attributes, links: entity.links.map((link) => withCore(link) as Link) }
}

/** An inline link has the target's kind as `rel`. ooi and rOCCI-server read the target from its attribute. */
function inlineForm(link: Link, complete: boolean): Link {
  const { source, target, ...rest } = link
  const result = { ...rest, ...ends(locationOnly(source), target) }
  if (!complete || target === undefined) return result
  return { ...result, attributes: new Map([...link.attributes, ['occi.core.target', target.location]]) }
}

function locationOnly(end: LinkEnd | undefined): LinkEnd | undefined {
  return end === undefined ? undefined : { location: end.location }
}

function ends(source: LinkEnd | undefined, target: LinkEnd | undefined): Pick<Link, 'source' | 'target'> {
  return omitUndefined({ source, target })
}
