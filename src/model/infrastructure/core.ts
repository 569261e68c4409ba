/** The core kinds (GFD.221 §4.5). */
import type { Category } from '../category.js'
import { defineKind, IMMUTABLE, string } from './define.js'
import { CORE_SCHEME, ENTITY } from './names.js'

/** Entity has no location: it cannot be instantiated (GFD.223 §5.1). */
export const CORE_CATEGORIES: readonly Category[] = [
  defineKind({
    scheme: CORE_SCHEME,
    term: 'entity',
    title: 'Entity',
    attributes: [
      string('occi.core.id', 'Unique identifier, a URI', IMMUTABLE),
      string('occi.core.title', 'Display name'),
    ],
  }),
  defineKind({
    scheme: CORE_SCHEME,
    term: 'resource',
    title: 'Resource',
    parent: ENTITY,
    location: '/resource/',
    attributes: [string('occi.core.summary', 'Short description')],
  }),
  defineKind({
    scheme: CORE_SCHEME,
    term: 'link',
    title: 'Link',
    parent: ENTITY,
    location: '/link/',
    attributes: [
      string('occi.core.source', 'Location of the resource at which the link starts', { required: true }),
      string('occi.core.target', 'Location of the resource that the link points to', { required: true }),
      string('occi.core.source.kind', 'Kind of the source'),
      string('occi.core.target.kind', 'Kind of the target'),
    ],
  }),
]

/** Attributes of Entity, Resource and Link. Every kind has them, even if the provider does not list them. */
export const CORE_ATTRIBUTES: ReadonlySet<string> = new Set(
  CORE_CATEGORIES.flatMap((category) => [...category.attributes.keys()]),
)

/** Core attributes that are members of an entity, with the names of the members. */
export const CORE_MEMBERS: ReadonlyMap<string, 'id' | 'title' | 'summary' | 'source' | 'target'> = new Map([
  ['occi.core.id', 'id'],
  ['occi.core.title', 'title'],
  ['occi.core.summary', 'summary'],
  ['occi.core.source', 'source'],
  ['occi.core.target', 'target'],
])
