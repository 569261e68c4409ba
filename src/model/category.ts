/** Categories as plain data: kinds, mixins and actions (GFD.221 §4.2–§4.5). */
import type { AttributeDefinitions } from './attribute.js'
import type { TypeId } from './identifier.js'

/** The three classes of categories. */
export type CategoryClass = 'kind' | 'mixin' | 'action'

/** The members of every category. */
interface CategoryBase {
  readonly scheme: string
  readonly term: string
  /** `scheme + term`. */
  readonly id: TypeId
  readonly title?: string
  readonly attributes: AttributeDefinitions
}

/** The type of an entity. Each entity has exactly one kind. */
export interface Kind extends CategoryBase {
  readonly class: 'kind'
  readonly parent?: TypeId
  readonly actions: readonly TypeId[]
  /** The path or URL of the kind's collection, as the provider wrote it. */
  readonly location?: string
}

/** A type that adds attributes and actions to entities: an image, a size or a tag, for example. */
export interface Mixin extends CategoryBase {
  readonly class: 'mixin'
  /** The mixins that this one depends on, e.g. `…infrastructure#os_tpl` for an image. */
  readonly depends: readonly TypeId[]
  /** The kinds that it applies to; empty means any kind. */
  readonly applies: readonly TypeId[]
  readonly actions: readonly TypeId[]
  readonly location?: string
}

/** An action that kinds and mixins offer, with its parameters as attributes. */
export interface Action extends CategoryBase {
  readonly class: 'action'
}

/** A kind, a mixin or an action, as the provider defines it. */
export type Category = Kind | Mixin | Action

/**
 * Returns the name to display: the term, or the title if the term is a number or a UUID, as for images and flavors of
 * OpenStack.
 */
export function readableName({ term, title }: Pick<Category, 'term' | 'title'>): string {
  return title !== undefined && title !== '' && isOpaque(term) ? title : term
}

/** Whether a term is a number or a hexadecimal id. */
function isOpaque(term: string): boolean {
  return term.length <= 64 && (/^\d+$/.test(term) || /^[0-9a-f-]{16,64}$/i.test(term))
}
