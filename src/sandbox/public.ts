/** `occi-cli/sandbox`: an OCCI provider in memory, for the tests of programs that use the library. */

export type { InMemoryHead, InMemoryRequest, SandboxTransport } from './in-memory.js'
export { personaNames } from './personas/index.js'
export { type PracticeCloud, type PracticeSettings, practiceCloud } from './practice.js'
export type { ServeSettings } from './serve.js'
export type { SandboxAuth } from './types.js'
