/** Stacks: resources and links that a file describes, and that are created, changed and deleted together. */
export { type ApplyEvent, type ApplyOptions, apply } from './apply.js'
export { compare } from './compare.js'
export { instancesOf } from './instances.js'
export type { Drafting, KeyDeclaration, KeyValues, KindDeclaration, Kinds } from './kinds.js'
export { existingName, observe, type StackEnvironment } from './observe.js'
export {
  type Actual,
  destruction,
  type Found as FoundResource,
  hasChanges,
  type Plan,
  type PlanAction,
  type PlanEntry,
  plan,
  resourceOf,
  stepsOf,
  type Wanted,
} from './plan.js'
export { keysByName, readStack } from './read.js'
export {
  readState,
  type StateRecord,
  type StateRecords,
  stateFileName,
  withState,
} from './state.js'
export { fill, resourcesIn, type Template } from './template.js'
export type { Stack } from './types.js'
export { attributeOf, noSuchValueError, valuesFrom } from './values.js'
