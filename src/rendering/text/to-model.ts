/** Converts a text message, as read, to entities and categories of the model. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type ActionReference,
  type AttributeDefinitions,
  type Category,
  type CategoryClass,
  CORE_SCHEME,
  LINK,
  type Link,
  type TypeId,
  typeId,
} from '../../model/index.js'
import type { Diagnostics, Locator } from '../diagnostics.js'
import { ParseError } from '../error.js'
import { emptyParsed, guessLinkKind, isAbstract, makeEntity, readLinkEnd } from '../parse-result.js'
import type { Expectation, Parsed } from '../types.js'
import type { RawCategory, RawLink, TextMessage } from './message.js'

/** Converts a message with all its entities (`TextMessage.next`). Throws ParseError E_DUP_KIND. */
export function toModel(
  message: TextMessage,
  expect: Expectation,
  diagnostics: Diagnostics,
  part = 'body',
): Parsed {
  const first = convertMessage(message, expect, diagnostics, part)
  if (message.next === undefined) return first
  const entities = [...first.entities]
  const locations = [...first.locations]
  for (let next: TextMessage | undefined = message.next; next !== undefined; next = next.next) {
    const converted = convertMessage(next, 'entity', diagnostics, part)
    entities.push(...converted.entities)
    locations.push(...converted.locations)
  }
  return { ...first, entities, locations }
}

/** Converts one message to an entity, an action or categories, depending on its content. */
function convertMessage(
  message: TextMessage,
  expect: Expectation,
  diagnostics: Diagnostics,
  part: string,
): Parsed {
  const locator: Locator = () => ({ part })
  const categories = mergeRepeated(message, expect, diagnostics, locator)
  const base = {
    ...emptyParsed(diagnostics.deviations),
    ...(message.error === undefined ? {} : { error: { message: message.error } }),
  }
  const content = contentOf(message, categories, expect, diagnostics)
  if (content === 'entity') {
    const kinds = categories.filter((category) => category.class === 'kind')
    if (kinds.length > 1)
      diagnostics.recoverFrom(new ParseError('E_DUP_KIND', 'An entity has two kinds', locator()))
    const kind =
      kinds[0] ??
      categories.find((category) => category.class === undefined) ??
      (hasLostKind(message, diagnostics) ? lostKind : undefined)
    if (kind !== undefined) {
      const isSingle = message.locations.length === 1
      const location = isSingle ? message.locations[0] : undefined
      return {
        ...base,
        entities: [convertEntity(message, kind, categories, location, diagnostics, locator)],
        locations: isSingle ? [] : message.locations,
      }
    }
  }
  const action = categories[0]
  if (content === 'action' && action !== undefined) {
    return {
      ...base,
      action: { action: idOf(action), attributes: message.attributes.values },
      locations: message.locations,
    }
  }
  return {
    ...base,
    ...convertCategories(categories, content),
    attributes: message.attributes.values,
    locations: message.locations,
  }
}

/** Placeholder for a kind whose Category field could not be read. The client may infer the kind from the collection. */
const lostKind: RawCategory = {
  term: 'entity',
  scheme: CORE_SCHEME,
  class: 'kind',
  title: undefined,
  rel: undefined,
  location: undefined,
  attributes: undefined,
  actions: undefined,
}

/** Whether the message is an entity whose kind was skipped as unreadable. */
function hasLostKind({ attributes, links }: TextMessage, { hasLosses }: Diagnostics): boolean {
  return hasLosses && (attributes.values.size > 0 || links.length > 0)
}

/** What a message contains; `other` is a list of categories or locations. */
type Content = 'entity' | 'action' | 'model' | 'other'

/** Decides what a message contains, which text renderings do not say. */
function contentOf(
  message: TextMessage,
  categories: readonly RawCategory[],
  expect: Expectation,
  diagnostics: Diagnostics,
): Content {
  if (expect === 'model') return 'model'
  const hasContent = message.links.length > 0 || message.attributes.values.size > 0
  const isAction = categories.length === 1 && categories.every(isActionCategory) && message.links.length === 0
  if (isAction && (expect === 'action' || (expect === 'any' && hasContent))) return 'action'
  if (expect === 'entity') return 'entity'
  const isEntity =
    categories.some((category) => category.class === 'kind') || hasLostKind(message, diagnostics)
  return hasContent && isEntity ? 'entity' : 'other'
}

/** Returns each category once. In strict mode a repeated kind is an error. */
function mergeRepeated(
  message: TextMessage,
  expect: Expectation,
  diagnostics: Diagnostics,
  locator: Locator,
): readonly RawCategory[] {
  const terms = new Set<string>()
  for (const { term } of message.categories) terms.add(term)
  if (expect !== 'entity' && terms.size === message.categories.length) return message.categories
  const byId = new Map<string, RawCategory>()
  for (const category of message.categories) {
    const id = idOf(category)
    const earlier = byId.get(id)
    if (earlier !== undefined && category.class === 'kind') {
      diagnostics.tolerate('duplicate-kind', 'E_DUP_KIND', `The kind ${id} is given twice`, locator)
    }
    // MartServer lists a category several times with different details; the most detailed one is used.
    if (earlier === undefined || detailCount(category) > detailCount(earlier)) byId.set(id, category)
  }
  return [...byId.values()]
}

/** Returns a measure of how detailed a definition is. */
function detailCount(category: RawCategory): number {
  return (
    (category.attributes?.size ?? 0) +
    (category.actions?.length ?? 0) +
    (category.location === undefined ? 0 : 1)
  )
}

/** Converts a message that has a kind. The Link fields with an action become actions of the entity. */
function convertEntity(
  message: TextMessage,
  kind: RawCategory,
  categories: readonly RawCategory[],
  location: string | undefined,
  diagnostics: Diagnostics,
  locator: Locator,
) {
  const actions: ActionReference[] = []
  const links: Link[] = []
  for (const raw of message.links) {
    const id = raw.rel[0]
    if (raw.action !== undefined) {
      if (id !== undefined) actions.push({ id: id as TypeId, href: raw.target })
    } else links.push(convertLink(raw, diagnostics, locator))
  }
  return makeEntity({
    kind: idOf(kind),
    mixins: categories.filter((category) => category !== kind && category.class !== 'kind').map(idOf),
    values: message.attributes.values,
    lexemes: message.attributes.lexemes,
    actions,
    links,
    location,
    type: kind.rel?.includes(LINK) === true ? 'link' : undefined,
  })
}

/**
 * Converts an inline link. ooi writes the link's own location between `<>` and its target as occi.core.target
 * (Q33); other servers write the target between `<>`.
 */
function convertLink(raw: RawLink, diagnostics: Diagnostics, locator: Locator): Link {
  const { values, lexemes } = raw.attributes
  const coreTarget = readLinkEnd(values, 'occi.core.target')
  const isSwapped = coreTarget !== undefined && pathIn(coreTarget.location) !== pathIn(raw.target)
  if (isSwapped)
    diagnostics.record('link-target-swapped', `The target of the link is in occi.core.target`, locator)
  const rel = raw.rel[0]
  const targetKind = coreTarget?.kind ?? (rel === undefined || isAbstract(rel) ? undefined : (rel as TypeId))
  const [kind, ...mixins] = (raw.category ?? []) as readonly TypeId[]
  if (kind === undefined)
    diagnostics.record('link-without-category', 'A link does not name its kind', locator)
  const result = makeEntity({
    kind: kind ?? guessLinkKind(rel, values),
    mixins,
    values,
    lexemes,
    actions: [],
    links: [],
    location: raw.self ?? (isSwapped ? raw.target : undefined),
    target: {
      location: isSwapped ? coreTarget.location : raw.target,
      ...omitUndefined({ kind: targetKind }),
    },
    type: 'link',
  })
  return rel === LINK ? ({ ...result, rel: rel as TypeId } as Link) : (result as Link)
}

/** Returns a location without scheme and authority. */
function pathIn(location: string): string {
  const authority = location.indexOf('://')
  if (authority < 0) return location
  const slash = location.indexOf('/', authority + 3)
  return slash < 0 ? '/' : location.slice(slash)
}

/** Converts categories; in an entity or a filter, those without a class are references to categories. */
function convertCategories(
  rawCategories: readonly RawCategory[],
  content: Content,
): { categories: Category[]; references: TypeId[] } {
  const kinds = new Set<string>()
  for (const raw of rawCategories) if (raw.class === 'kind') kinds.add(idOf(raw))
  const categories: Category[] = []
  const references: TypeId[] = []
  for (const raw of rawCategories) {
    const categoryClass = raw.class ?? (content === 'model' ? guessClass(raw) : undefined)
    if (categoryClass === undefined) references.push(idOf(raw))
    else categories.push(convertCategory(raw, categoryClass, kinds))
  }
  return { categories, references }
}

const noTypeIds: readonly TypeId[] = []
const noDefinitions: AttributeDefinitions = new Map()

/**
 * Converts a category. Members are assigned one by one instead of spread, for speed: a model may have 100,000
 * templates.
 */
function convertCategory(
  raw: RawCategory,
  categoryClass: CategoryClass,
  kinds: ReadonlySet<string>,
): Category {
  const { term, title, location } = raw
  const scheme = raw.scheme ?? ''
  const rel = (raw.rel ?? noTypeIds) as readonly TypeId[]
  const actions = (raw.actions ?? noTypeIds) as readonly TypeId[]
  const attributes = raw.attributes ?? noDefinitions
  const id = typeId(scheme, term)
  // For a template, the common case, the object is created with all members at once.
  if (
    categoryClass === 'mixin' &&
    title !== undefined &&
    location !== undefined &&
    !includesKind(rel, kinds)
  ) {
    return {
      class: categoryClass,
      scheme,
      term,
      id,
      attributes,
      actions,
      depends: rel,
      applies: noTypeIds,
      title,
      location,
    }
  }
  let result: Mutable<Category>
  if (categoryClass === 'action') result = { class: categoryClass, scheme, term, id, attributes }
  else if (categoryClass === 'kind') result = { class: categoryClass, scheme, term, id, attributes, actions }
  else {
    result = { class: categoryClass, scheme, term, id, attributes, actions, depends: rel, applies: noTypeIds }
    if (includesKind(rel, kinds)) {
      // A mixin's rel lists depends, then applies (rOCCI-core 5). Only the model distinguishes them.
      result.depends = rel.filter((id) => !namesKind(id, kinds))
      result.applies = rel.filter((id) => namesKind(id, kinds))
    }
  }
  if (title !== undefined) result.title = title
  if (result.class !== 'action' && location !== undefined) result.location = location
  if (result.class === 'kind' && rel[0] !== undefined) result.parent = rel[0]
  return result
}

type Mutable<T> = T extends unknown ? { -readonly [K in keyof T]: T[K] } : never

function includesKind(ids: readonly TypeId[], kinds: ReadonlySet<string>): boolean {
  for (const id of ids) if (namesKind(id, kinds)) return true
  return false
}

function namesKind(id: TypeId, kinds: ReadonlySet<string>): boolean {
  return kinds.has(id) || isAbstract(id)
}

function isActionCategory(category: RawCategory): boolean {
  if (category.class !== undefined) return category.class === 'action'
  return isActionScheme(category.scheme ?? '')
}

/** Guesses the class of a category that names none: a kind relates to a core kind. */
function guessClass(raw: RawCategory): CategoryClass {
  if (isActionScheme(raw.scheme ?? '')) return 'action'
  return raw.rel?.some(isAbstract) === true ? 'kind' : 'mixin'
}

function isActionScheme(scheme: string): boolean {
  return scheme.endsWith('/action#')
}

function idOf(raw: RawCategory): TypeId {
  return typeId(raw.scheme ?? '', raw.term)
}
