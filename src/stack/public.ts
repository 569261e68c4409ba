/**
 * `occi-cli/stack`: stacks for programs. `readStack` reads a file, `observe` reads the actual resources, `plan`
 * compares both, and `apply` executes the plan and yields events. The caller's `Kinds` declare the keys of each kind of
 * resource.
 */
export { type ApplyEvent, type ApplyOptions, apply } from './apply.js'
export type { Instance } from './instances.js'
export type { Drafting, KeyDeclaration, KeyValues, KindDeclaration, Kinds } from './kinds.js'
export { type Observation, observe, type StackEnvironment } from './observe.js'
export {
  type Actual,
  destruction,
  type Found,
  hasChanges,
  type Plan,
  type PlanAction,
  type PlanChange,
  type PlanEntry,
  plan,
  type Step,
  stepsOf,
  type Wanted,
} from './plan.js'
export { type ReadOptions, readStack } from './read.js'
export {
  readState,
  type StateRecord,
  type StateRecords,
  type StateStore,
  stateFileName,
  withState,
} from './state.js'
export type { Expression, Template, Values } from './template.js'
export type { Reference, Stack, StackResource } from './types.js'
