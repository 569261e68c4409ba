/** Separates `depends` from `applies`, which text renderings combine in one parameter, `rel` (GFD.229 §4.1). */
import type { Category, Mixin } from './category.js'
import type { TypeId } from './identifier.js'
import * as names from './infrastructure/names.js'

/**
 * Moves the kinds in each mixin's `depends` to `applies`. An identifier is that of a kind if it names a kind among
 * these categories, or one of OCCI core and infrastructure.
 */
export function resolveRelations(categories: readonly Category[]): readonly Category[] {
  const kinds = new Set<TypeId>(WELL_KNOWN_KINDS)
  for (const category of categories) if (category.class === 'kind') kinds.add(category.id)
  return categories.map((category) =>
    category.class === 'mixin' ? separateRelations(category, kinds) : category,
  )
}

const WELL_KNOWN_KINDS: readonly TypeId[] = [
  names.ENTITY,
  names.RESOURCE,
  names.LINK,
  names.COMPUTE,
  names.NETWORK,
  names.STORAGE,
  names.NETWORK_INTERFACE,
  names.STORAGE_LINK,
]

function separateRelations(mixin: Mixin, kinds: ReadonlySet<TypeId>): Mixin {
  const misplaced = mixin.depends.filter((id) => kinds.has(id))
  if (misplaced.length === 0) return mixin
  return {
    ...mixin,
    depends: mixin.depends.filter((id) => !kinds.has(id)),
    applies: [...new Set([...mixin.applies, ...misplaced])],
  }
}
