/** Converts the parts of a text message to the model. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type ActionReference,
  type AttributeDefinitions,
  type Category,
  type CategoryClass,
  type Link,
  type TypeId,
  typeId,
} from '../../model/index.js'
import type { Diagnostics, Locator } from '../diagnostics.js'
import { ParseError } from '../error.js'
import { coreLink, emptyParsed, guessLinkKind, isAbstract, linkEnd, makeEntity } from '../parse-result.js'
import type { Expectation, Parsed } from '../types.js'
import type { RawCategory, RawLink, TextMessage } from './generic.js'

/** Converts a message and those chained to it by `next`. Throws ParseError E_DUP_KIND. */
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
    const more = convertMessage(next, 'entity', diagnostics, part)
    entities.push(...more.entities)
    locations.push(...more.locations)
  }
  return { ...first, entities, locations }
}

/** Decides whether the message is an entity, a collection or a model, which text renderings do not say. */
function convertMessage(
  message: TextMessage,
  expect: Expectation,
  diagnostics: Diagnostics,
  part = 'body',
): Parsed {
  const locator: Locator = () => ({ part })
  const categories = mergeRepeated(message, expect, diagnostics, locator)
  const rest = {
    ...emptyParsed(diagnostics.deviations),
    ...(message.error === undefined ? {} : { error: { message: message.error } }),
  }
  const shape = shapeOf(message, categories, expect, diagnostics)
  if (shape === 'entity') {
    const kinds = categories.filter((category) => category.class === 'kind')
    if (kinds.length > 1)
      diagnostics.recoverFrom(new ParseError('E_DUP_KIND', 'An entity has two kinds', locator()))
    const kind =
      kinds[0] ??
      categories.find((category) => category.class === undefined) ??
      (hasLostKind(message, diagnostics) ? lostKind : undefined)
    if (kind !== undefined) {
      const single = message.locations.length === 1
      const location = single ? message.locations[0] : undefined
      return {
        ...rest,
        entities: [entity(message, kind, categories, location, diagnostics, locator)],
        locations: single ? [] : message.locations,
      }
    }
  }
  const action = categories[0]
  if (shape === 'action' && action !== undefined) {
    return {
      ...rest,
      action: { action: idOf(action), attributes: message.attributes.values },
      locations: message.locations,
    }
  }
  return {
    ...rest,
    ...definitions(categories, shape),
    attributes: message.attributes.values,
    locations: message.locations,
  }
}

/** Placeholder for a kind whose Category could not be read. The client may infer it from the collection. */
const lostKind: RawCategory = {
  term: 'entity',
  scheme: 'http://schemas.ogf.org/occi/core#',
  class: 'kind',
  title: undefined,
  rel: undefined,
  location: undefined,
  attributes: undefined,
  actions: undefined,
}

function hasLostKind({ attributes, links }: TextMessage, { hasLosses }: Diagnostics): boolean {
  return hasLosses && (attributes.values.size > 0 || links.length > 0)
}

type Shape = 'entity' | 'action' | 'model' | 'other'

function shapeOf(
  message: TextMessage,
  categories: readonly RawCategory[],
  expect: Expectation,
  diagnostics: Diagnostics,
): Shape {
  if (expect === 'model') return 'model'
  const filled = message.links.length > 0 || message.attributes.values.size > 0
  const actions = categories.filter(
    ({ class: is, scheme }) => is === 'action' || (is === undefined && isActionScheme(scheme ?? '')),
  )
  if (categories.length === 1 && actions.length === 1 && message.links.length === 0) {
    if (expect === 'action' || (expect === 'any' && filled)) return 'action'
  }
  if (expect === 'entity') return 'entity'
  const isEntity =
    categories.some((category) => category.class === 'kind') || hasLostKind(message, diagnostics)
  return filled && isEntity ? 'entity' : 'other'
}

/** Merges repeated categories. In strict mode a kind must not repeat. */
function mergeRepeated(
  message: TextMessage,
  expect: Expectation,
  diagnostics: Diagnostics,
  locator: Locator,
): readonly RawCategory[] {
  const terms = new Set<string>()
  for (const { term } of message.categories) terms.add(term)
  if (expect !== 'entity' && terms.size === message.categories.length) return message.categories
  const found = new Map<string, RawCategory>()
  for (const category of message.categories) {
    const id = idOf(category)
    const known = found.get(id)
    if (known === undefined) found.set(id, category)
    else if (category.class === 'kind') {
      diagnostics.tolerate('duplicate-kind', 'E_DUP_KIND', `The kind ${id} is given twice`, locator)
    }
    // MartServer lists a category several times with different details; the most detailed one is kept.
    if (known !== undefined && detailCount(category) > detailCount(known)) found.set(id, category)
  }
  const categories = [...found.values()]
  return categories
}

function detailCount(category: RawCategory): number {
  return (
    (category.attributes?.size ?? 0) +
    (category.actions?.length ?? 0) +
    (category.location === undefined ? 0 : 1)
  )
}

function entity(
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
    } else links.push(inlineLink(raw, diagnostics, locator))
  }
  return makeEntity({
    kind: idOf(kind),
    mixins: categories.filter((category) => category !== kind && category.class !== 'kind').map(idOf),
    values: message.attributes.values,
    lexemes: message.attributes.lexemes,
    actions,
    links,
    location,
    type: kind.rel?.includes(coreLink) === true ? 'link' : undefined,
  })
}

/**
 * Converts an inline link. ooi writes the link's own location between `<>` and its target as occi.core.target
 * (Q33); other servers write the target between `<>`.
 */
function inlineLink(raw: RawLink, diagnostics: Diagnostics, locator: Locator): Link {
  const { values, lexemes } = raw.attributes
  const coreTarget = linkEnd(values, 'occi.core.target')
  const swapped = coreTarget !== undefined && path(coreTarget.location) !== path(raw.target)
  if (swapped)
    diagnostics.note('link-target-swapped', `The target of the link is in occi.core.target`, locator)
  const rel = raw.rel[0]
  const targetKind = coreTarget?.kind ?? (rel === undefined || isAbstract(rel) ? undefined : (rel as TypeId))
  const [kind, ...mixins] = (raw.category ?? []) as readonly TypeId[]
  if (kind === undefined) diagnostics.note('link-without-category', 'A link does not name its kind', locator)
  const result = makeEntity({
    kind: kind ?? guessLinkKind(rel, values),
    mixins,
    values,
    lexemes,
    actions: [],
    links: [],
    location: raw.self ?? (swapped ? raw.target : undefined),
    target: { location: swapped ? coreTarget.location : raw.target, ...omitUndefined({ kind: targetKind }) },
    type: 'link',
  })
  return rel === coreLink ? ({ ...result, rel: rel as TypeId } as Link) : (result as Link)
}

function path(location: string): string {
  const authority = location.indexOf('://')
  if (authority < 0) return location
  const slash = location.indexOf('/', authority + 3)
  return slash < 0 ? '/' : location.slice(slash)
}

function definitions(
  raws: readonly RawCategory[],
  shape: Shape,
): { categories: Category[]; references: TypeId[] } {
  const kinds = new Set<string>()
  for (const raw of raws) if (raw.class === 'kind') kinds.add(idOf(raw))
  const categories: Category[] = []
  const references: TypeId[] = []
  for (const raw of raws) {
    const known = raw.class ?? (shape === 'model' ? guessClass(raw) : undefined)
    if (known === undefined) references.push(idOf(raw))
    else categories.push(definition(raw, known, kinds))
  }
  return { categories, references }
}

const none: readonly TypeId[] = []
const noDefinitions: AttributeDefinitions = new Map()

/** Assigns members one by one instead of spreading, for speed: it runs for each of 100,000 templates. */
function definition(raw: RawCategory, known: CategoryClass, kinds: ReadonlySet<string>): Category {
  const { term, title, location } = raw
  const scheme = raw.scheme ?? ''
  const rel = (raw.rel ?? none) as readonly TypeId[]
  const actions = (raw.actions ?? none) as readonly TypeId[]
  const attributes = raw.attributes ?? noDefinitions
  const id = typeId(scheme, term)
  // The common case, which creates the object with all members at once.
  if (known === 'mixin' && title !== undefined && location !== undefined && !hasKind(rel, kinds)) {
    return {
      class: known,
      scheme,
      term,
      id,
      attributes,
      actions,
      depends: rel,
      applies: none,
      title,
      location,
    }
  }
  let result: Writable<Category>
  if (known === 'action') result = { class: known, scheme, term, id, attributes }
  else if (known === 'kind') result = { class: known, scheme, term, id, attributes, actions }
  else {
    result = { class: known, scheme, term, id, attributes, actions, depends: rel, applies: none }
    if (hasKind(rel, kinds)) {
      // A mixin's rel lists depends, then applies (rOCCI-core 5). Only the model distinguishes them.
      result.depends = rel.filter((one) => !isKind(one, kinds))
      result.applies = rel.filter((one) => isKind(one, kinds))
    }
  }
  if (title !== undefined) result.title = title
  if (result.class !== 'action' && location !== undefined) result.location = location
  if (result.class === 'kind' && rel[0] !== undefined) result.parent = rel[0]
  return result
}

type Writable<T> = T extends unknown ? { -readonly [K in keyof T]: T[K] } : never

function hasKind(ids: readonly TypeId[], kinds: ReadonlySet<string>): boolean {
  for (const id of ids) if (isKind(id, kinds)) return true
  return false
}

function isKind(id: TypeId, kinds: ReadonlySet<string>): boolean {
  return kinds.has(id) || isAbstract(id)
}

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
