/** The practice cloud, for the command line. Programs import `public.ts`. */

export { type ThrowawayCertificates, throwawayCertificates } from './certificates.js'
export { identityNames } from './identity/keystone.js'
export { sandboxOrigin, sandboxTransport } from './in-memory.js'
export { openSandbox } from './open.js'
export { personaNames } from './personas/index.js'
export { createSandbox } from './sandbox.js'
export { type SandboxServer, type ServeSettings, serveSandbox } from './serve.js'
export { resetFile as resetSandbox } from './state/file.js'
export type * from './types.js'
