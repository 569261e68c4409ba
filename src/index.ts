/** The library's face: what `import { … } from 'occi-cli'` gives, and nothing else. */

export * from './client/index.js'
export * from './errors/errors.js'
export * from './model/index.js'
