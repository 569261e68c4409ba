/** Defines the core kinds (GFD.221 §4.5) and lists their attributes. */
import type { Category } from '../category.js'
import { defineKind, IMMUTABLE, stringAttribute } from './define.js'
import { CORE_SCHEME, ENTITY } from './names.js'

/** The core kinds. Entity has no location, because it has no instances (GFD.223 §5.1). */
export const CORE_CATEGORIES: readonly Category[] = [
  defineKind({
    scheme: CORE_SCHEME,
    term: 'entity',
    title: 'Entity',
    attributes: [
      stringAttribute('occi.core.id', 'Unique identifier, a URI', IMMUTABLE),
      stringAttribute('occi.core.title', 'Display name'),
    ],
  }),
  defineKind({
    scheme: CORE_SCHEME,
    term: 'resource',
    title: 'Resource',
    parent: ENTITY,
    location: '/resource/',
    attributes: [stringAttribute('occi.core.summary', 'Short description')],
  }),
  defineKind({
    scheme: CORE_SCHEME,
    term: 'link',
    title: 'Link',
    parent: ENTITY,
    location: '/link/',
    attributes: [
      stringAttribute('occi.core.source', 'Location of the resource at which the link starts', {
        required: true,
      }),
      stringAttribute('occi.core.target', 'Location of the resource that the link points to', {
        required: true,
      }),
      stringAttribute('occi.core.source.kind', 'Kind of the source'),
      stringAttribute('occi.core.target.kind', 'Kind of the target'),
    ],
  }),
]

/** The attributes of Entity, Resource and Link, which other kinds inherit even if the provider does not list them. */
export const CORE_ATTRIBUTES: ReadonlySet<string> = new Set(
  CORE_CATEGORIES.flatMap((category) => [...category.attributes.keys()]),
)

/** The names of the members of an entity that represent core attributes, by attribute. */
export const CORE_MEMBERS: ReadonlyMap<string, 'id' | 'title' | 'summary' | 'source' | 'target'> = new Map([
  ['occi.core.id', 'id'],
  ['occi.core.title', 'title'],
  ['occi.core.summary', 'summary'],
  ['occi.core.source', 'source'],
  ['occi.core.target', 'target'],
])
