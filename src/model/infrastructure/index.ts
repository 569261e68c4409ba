/** The names and definitions of OCCI core and infrastructure. */
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
 * Returns all categories of OCCI core and infrastructure, with the types, defaults and patterns of their attributes.
 * Version 1.2 (the default) is GFD.224, with the mixins for contextualization. Version 1.1 (GFD.184) has
 * occi.compute.speed and the storage actions backup, snapshot and resize. Locations are conventional (`/compute/`).
 */
export function infrastructureCategories(version: OcciVersion = '1.2'): readonly Category[] {
  return [
    ...CORE_CATEGORIES,
    ...computeCategories(version),
    ...networkCategories(version),
    ...storageCategories(version),
  ]
}
