export { basicCredentials } from './basic.js'
export { type Challenge, keystoneUri, parseChallenges } from './challenges.js'
export {
  type CloudFiles,
  type CloudOptions,
  type OptionValues,
  optionsFromClouds,
  optionsFromEnvironment,
} from './clouds.js'
export { isLoopback } from './guard.js'
export { anonymous } from './none.js'
export { type AuthSetup, authContext, memoryCache, nodeMachine } from './platform.js'
export { allAuthOptions, authMethods, type Importer, loadAuthPlugin, type PluginSources } from './registry.js'
export { signedTransport } from './signed-transport.js'
export { tokenCredentials } from './token.js'
export type * from './types.js'
export { unauthorized } from './unauthorized.js'
export { certificateRefusal, postHandshakeHint } from './x509/refusals.js'
export { loadTrust, type Trust, type TrustInput } from './x509/trust.js'
