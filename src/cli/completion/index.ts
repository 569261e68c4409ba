export { answer, type Candidate, type CompletionSources, type SeenEntity } from './answer.js'
export { complete } from './complete.js'
export { type CompletionMemory, completionMemory } from './memory.js'
export { type Remembering, remembering } from './remembering.js'
