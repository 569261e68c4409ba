/** OCCI core and infrastructure: names and definitions. */
import type { Category } from '../category.js'
import { computeCategories } from './compute.js'
import { CORE_CATEGORIES } from './core.js'
import type { OcciVersion } from './define.js'
import { networkCategories } from './network.js'
import { storageCategories } from './storage.js'

export { CORE_MEMBERS } from './core.js'
export type { OcciVersion } from './define.js'
export { defineAction, defineKind, defineMixin } from './define.js'
export * from './names.js'

/**
 * All categories of OCCI core and infrastructure, with types, mutability, defaults and patterns.
 * 1.2 (the default) is GFD.224 and the contextualization mixins; 1.1 has compute speed and the storage
 * actions backup, snapshot and resize (GFD.184). Locations are the conventional ones (`/compute/`).
 */
export function infrastructureCategories(version: OcciVersion = '1.2'): readonly Category[] {
  return [
    ...CORE_CATEGORIES,
    ...computeCategories(version),
    ...networkCategories(version),
    ...storageCategories(version),
  ]
}
