/** The library's face: what `import { … } from 'occi-cli'` gives, and nothing else. */

export {
  type AuthCache,
  type AuthContext,
  type AuthOption,
  type AuthPlugin,
  type AuthSetup,
  allAuthOptions,
  authContext,
  type Credentials,
  type CredentialsDescription,
  loadAuthPlugin,
  memoryCache,
  optionsFromClouds,
  optionsFromEnvironment,
  signedTransport,
} from './auth/index.js'
export * from './client/index.js'
export * from './errors/errors.js'
export * from './federation/index.js'
export * from './model/index.js'
export {
  type Exchange,
  harText,
  parseHar,
  type RecordedError,
  type RecordedRequest,
  type RecordedResponse,
  type Recording,
  type RecordingFacts,
  type RecordSettings,
  type Replay,
  recordTransport,
  replay,
} from './transport/index.js'
