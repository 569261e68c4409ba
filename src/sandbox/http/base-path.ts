/** Adds the persona's base path to paths in responses. */
import type { Category, Entity, Link, LinkEnd } from '../../model/index.js'

export function prefixEntityPaths(entity: Entity, basePath: string): Entity {
  if (basePath === '') return entity
  const withBasePath = (path: string) => (path.startsWith('/') ? `${basePath}${path}` : path)
  const actions = entity.actions.map((action) =>
    action.href === undefined ? action : { ...action, href: withBasePath(action.href) },
  )
  const location = entity.location === undefined ? {} : { location: withBasePath(entity.location) }
  if (entity.type === 'resource') {
    const links = entity.links.map((link) => prefixEntityPaths(link, basePath) as Link)
    return { ...entity, ...location, actions, links }
  }
  const prefixEnd = (end: LinkEnd): LinkEnd => ({ ...end, location: withBasePath(end.location) })
  return {
    ...entity,
    ...location,
    actions,
    ...(entity.source === undefined ? {} : { source: prefixEnd(entity.source) }),
    ...(entity.target === undefined ? {} : { target: prefixEnd(entity.target) }),
  }
}

export function prefixCategoryLocation(category: Category, basePath: string): Category {
  if (basePath === '' || category.class === 'action' || category.location === undefined) return category
  return { ...category, location: `${basePath}${category.location}` }
}
