/** The query interface: categories, and user-defined mixins. */
import { omitUndefined } from '../../basics/objects.js'
import type { Category, Mixin } from '../../model/index.js'
import { typeId } from '../../model/index.js'
import { toMixin } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import type { Context } from './context.js'
import type { Payload } from './payload.js'
import { detach } from './update.js'

/**
 * All categories or, with a filter, the ones that it names and, unless the provider filters exactly, related ones.
 * Throws Fault 400 for an unknown one.
 */
export function queryCategories(context: Context, filter: Payload): readonly Category[] {
  if (filter.categoryIds.length === 0) return context.catalog.categories
  const ids = new Set<string>()
  for (const id of filter.categoryIds) {
    const category = context.catalog.get(id)
    if (category === undefined)
      throw new Fault(400, `Category ${id} is not known to this provider`, {
        code: 'unknown-category',
        subject: id,
      })
    ids.add(id)
    if (context.behaviour.queryFilter === 'related')
      for (const other of relatedIds(context, category)) ids.add(other)
  }
  return context.catalog.categories.filter((category) => ids.has(category.id))
}

/** Adds mixins that the client defines. Throws Fault 400, 403 or 409. */
export function addMixins(context: Context, payload: Payload): readonly Category[] {
  const definitions = payload.definitions
  if (definitions.length === 0) throw new Fault(400, 'The request defines no mixin')
  return definitions.map((definition) => {
    if (definition.class !== 'mixin')
      throw new Fault(400, `Only mixins can be added, not a ${definition.class}`)
    return addMixin(context, definition)
  })
}

function addMixin(context: Context, definition: Mixin): Category {
  const id = typeId(definition.scheme, definition.term)
  if (definition.attributes.size > 0 || definition.actions.length > 0) {
    throw new Fault(400, 'A mixin that a user adds has neither attributes nor actions')
  }
  if (definition.scheme.startsWith('http://schemas.ogf.org/occi/')) {
    throw new Fault(403, 'Schemes below http://schemas.ogf.org/occi/ are reserved')
  }
  const { userMixinsAt } = context.behaviour
  const location =
    userMixinsAt === undefined ? localPath(definition.location) : `${userMixinsAt}${definition.term}`
  if (location === undefined) throw new Fault(400, `Mixin ${id} needs a location that starts and ends with /`)
  if (location === '/' || location.startsWith('/-/') || location.startsWith('/.well-known/')) {
    throw new Fault(409, `Location ${location} is taken`)
  }
  if (context.catalog.get(id) !== undefined) throw new Fault(409, `Category ${id} exists already`)
  if (context.catalog.byLocation(location) !== undefined)
    throw new Fault(409, `Location ${location} is taken`)
  for (const parent of definition.depends) {
    if (context.behaviour.acceptsUnknownParents === true && context.catalog.get(parent) === undefined)
      continue
    if (context.catalog.mixin(parent) === undefined)
      throw new Fault(400, `Mixin ${parent} is not known`, { code: 'unknown-category', subject: parent })
  }
  const record = {
    scheme: definition.scheme,
    term: definition.term,
    ...omitUndefined({ title: definition.title }),
    location,
    depends: definition.depends,
    applies: definition.applies,
  }
  context.cloud.putMixin(record)
  return toMixin(record)
}

/** Removes user-defined mixins and detaches them. Throws Fault 400, 403 or 404. */
export function removeMixins(context: Context, payload: Payload): void {
  if (payload.categoryIds.length === 0)
    throw new Fault(400, 'The request names no mixin', { code: 'no-mixin' })
  const userDefined = new Set([...context.cloud.mixins()].map((mixin) => typeId(mixin.scheme, mixin.term)))
  for (const id of payload.categoryIds) {
    if (context.catalog.get(id) === undefined)
      throw new Fault(404, `Mixin ${id} is not known to this provider`, {
        code: 'unknown-category',
        subject: id,
      })
    if (!userDefined.has(id)) throw new Fault(403, `${id} belongs to the provider`)
    for (const record of [...context.cloud.entities()]) detach(context, record, id)
    context.cloud.dropMixin(id)
  }
}

/** Identifiers of parents, children, actions and applicable mixins. */
function relatedIds(context: Context, category: Category): readonly string[] {
  const { catalog } = context
  if (category.class === 'action') {
    return catalog.categories
      .filter((other) => other.class !== 'action' && other.actions.includes(category.id))
      .map((other) => other.id)
  }
  const upward = category.class === 'kind' ? [category.parent] : [...category.depends, ...category.applies]
  const downward = catalog.categories.filter((other) => {
    if (other.class === 'kind') return other.parent === category.id
    return other.class === 'mixin' && [...other.depends, ...other.applies].includes(category.id)
  })
  return [...upward, ...category.actions, ...downward.map((other) => other.id)].filter(
    (id) => id !== undefined,
  )
}

/** The path of a location if it can be that of a collection. */
function localPath(location: string | undefined): string | undefined {
  if (location === undefined) return undefined
  const scheme = location.indexOf('://')
  const slash = scheme < 0 ? 0 : location.indexOf('/', scheme + 3)
  const path = slash < 0 ? '' : location.slice(slash)
  return path.startsWith('/') && path.endsWith('/') && !/[\s"<>\\?#]/.test(path) ? path : undefined
}
