export { type ActionSubject, validateAction } from './action.js'
export {
  type Draft,
  type EntityChanges,
  type UpdateSubject,
  validateCreate,
  validateUpdate,
} from './entity.js'
export { type Problem, throwProblems } from './problem.js'
