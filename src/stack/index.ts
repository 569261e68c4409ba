/** Stacks: resources and links that a file describes, and that are created, changed and deleted together. */
export { type ApplyEvent, type ApplyOptions, apply } from './apply.js'
export { compare, type Difference as StackDifference } from './compare.js'
export type { Drafting, KeyDeclaration, KeyValues, KindDeclaration, Kinds } from './kinds.js'
export { existingName, type Observation, observe, type StackEnvironment } from './observe.js'
export { type Instance, instancesOf } from './order.js'
export {
  type Actual,
  destruction,
  type Found as FoundResource,
  hasChanges,
  type Plan,
  type PlanAction,
  type PlanChange,
  type PlanEntry,
  plan,
  resourceOf,
  type Step,
  stepsOf,
  type Wanted,
} from './plan.js'
export { namedKeys, type ReadOptions, readStack } from './read.js'
export {
  readState,
  type StateRecord,
  type StateRecords,
  type StateStore,
  stateFileName,
  withState,
} from './state.js'
export { fill, resourcesIn, type Template } from './template.js'
export { addressesOf, type Stack, type StackResource } from './types.js'
export { attributeOf, noSuchValue, valuesFrom } from './values.js'
