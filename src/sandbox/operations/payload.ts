/** The content of a request, independent of its rendering. */
import { omitUndefined } from '../../basics/objects.js'
import type {
  ActionInvocation,
  Attributes,
  AttributeValue,
  Category,
  Entity,
  Link,
  TypeId,
} from '../../model/index.js'
import { CORE_MEMBERS } from '../../model/index.js'
import type { Parsed, RenderingName } from '../../rendering/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { Fault } from '../fault.js'

/** An entity as a request describes it: completely, or only its changes. */
export interface Draft {
  readonly kind?: TypeId
  readonly mixins: readonly TypeId[]
  readonly id?: string
  readonly title?: string
  readonly summary?: string
  readonly source?: string
  readonly target?: string
  readonly attributes: Attributes
  readonly links: readonly Link[]
}

/** The content of a request. */
export interface Payload {
  readonly rendering?: RenderingName
  readonly drafts: readonly Draft[]
  /** Paths or URLs of entities, for the membership of mixins. */
  readonly locations: readonly string[]
  readonly action?: ActionInvocation
  /** Categories that the message defines. */
  readonly definitions: readonly Category[]
  /** Identifiers of all categories in the message, defined there or not. */
  readonly categoryIds: readonly TypeId[]
  /** Attributes that do not belong to an entity: those of a filter, or the parameters of an action. */
  readonly attributes: Attributes
}

export const emptyPayload: Payload = {
  drafts: [],
  locations: [],
  definitions: [],
  categoryIds: [],
  attributes: new Map(),
}

/** The payload of a parsed message. */
export function payloadOf(parsed: Parsed, catalog: Catalog): Payload {
  const categoryIds = [...new Set([...parsed.categories.map(({ id }) => id), ...parsed.references])]
  const drafts = parsed.entities.map((entity) => draftOf(entity, catalog))
  if (drafts.length === 0 && (categoryIds.length > 0 || parsed.attributes.size > 0)) {
    drafts.push(draftWithoutKind(categoryIds, parsed.attributes, catalog))
  }
  const locations = [
    ...parsed.locations,
    ...parsed.entities.flatMap((entity) => entity.location ?? entity.id ?? []),
  ]
  return {
    drafts,
    locations,
    ...omitUndefined({ action: parsed.action }),
    definitions: parsed.categories,
    categoryIds,
    attributes: parsed.attributes,
  }
}

/** The only draft of a request. Throws Fault 400 when the request has none, or more than one. */
export function onlyDraft(payload: Payload): Draft {
  const [draft, second] = payload.drafts
  if (draft === undefined) throw new Fault(400, 'The request contains no entity', { code: 'no-entity' })
  if (second !== undefined) throw new Fault(400, 'The request contains more than one entity')
  return draft
}

function draftOf(entity: Entity, catalog: Catalog): Draft {
  const core = splitCore(entity.attributes)
  // Without `class`, only the model shows which of the categories is the kind.
  const categoryIds = [entity.kind, ...entity.mixins]
  const kind = categoryIds.find((id) => catalog.kind(id) !== undefined) ?? entity.kind
  const isKind = catalog.mixin(kind) === undefined
  return {
    ...(isKind ? { kind } : {}),
    mixins: categoryIds.filter((id) => !isKind || id !== kind),
    ...core.members,
    ...omitUndefined({ id: entity.id, title: entity.title }),
    ...(entity.type === 'resource' && entity.summary !== undefined ? { summary: entity.summary } : {}),
    ...(entity.type === 'link' && entity.source !== undefined ? { source: entity.source.location } : {}),
    ...(entity.type === 'link' && entity.target !== undefined ? { target: entity.target.location } : {}),
    attributes: core.others,
    links: entity.type === 'resource' ? entity.links : [],
  }
}

/** A draft without a kind, as in partial updates in text. */
function draftWithoutKind(categoryIds: readonly TypeId[], attributes: Attributes, catalog: Catalog): Draft {
  const kind = categoryIds.find((id) => catalog.kind(id) !== undefined)
  const core = splitCore(attributes)
  return {
    ...omitUndefined({ kind }),
    mixins: categoryIds.filter((id) => id !== kind),
    ...core.members,
    attributes: core.others,
    links: [],
  }
}

/** Attributes that follow from the ends of a link. Clients may send them, but they are ignored. */
const derivedAttributes: ReadonlySet<string> = new Set(['occi.core.source.kind', 'occi.core.target.kind'])

/** Separates the core attributes, which are members of a draft, from the others. */
function splitCore(attributes: Attributes) {
  const members: { -readonly [Name in 'id' | 'title' | 'summary' | 'source' | 'target']?: string } = {}
  const others = new Map<string, AttributeValue>()
  for (const [name, value] of attributes) {
    const member = CORE_MEMBERS.get(name)
    if (member !== undefined) members[member] = String(value)
    else if (!derivedAttributes.has(name)) others.set(name, value)
  }
  return { members, others }
}
