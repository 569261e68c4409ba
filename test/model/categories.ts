/** Small categories for the tests of this room. */
import type { AttributeDefinition, Category, Kind, Mixin, TypeId } from '../../src/model/index.js'
import { defineKind, defineMixin } from '../../src/model/index.js'

export const SITE_OS = 'http://occi.example.org/occi/infrastructure/os_tpl#'
export const SITE_SIZE = 'http://occi.example.org/occi/infrastructure/resource_tpl#'

export function id(text: string): TypeId {
  return text as TypeId
}

export function kind(scheme: string, term: string, more: Partial<Kind> = {}): Kind {
  return { ...defineKind({ scheme, term, title: term }), ...more }
}

export function mixin(scheme: string, term: string, more: Partial<Mixin> = {}): Mixin {
  return { ...defineMixin({ scheme, term, title: term }), ...more }
}

export function definitions(...list: (Partial<AttributeDefinition> & { name: string })[]) {
  return new Map(list.map((one) => [one.name, { mutable: true, required: false, ...one }]))
}

/** What text discovery leaves of a category: no types, no patterns, no title if unwanted. */
export function bare(category: Category): Category {
  return { ...category, attributes: new Map() }
}
