/** `occi-cli/auth`: for programs that implement an authentication method or log in without `connect`. */
export type { Purpose } from '../files/index.js'
export type { Sensitivity } from '../settings/trust.js'
export { basicCredentials } from './basic.js'
export {
  type CloudFiles,
  type CloudOptions,
  type OptionValues,
  optionsFromClouds,
  optionsFromEnvironment,
} from './clouds.js'
export { type AuthSetup, authContext, memoryCache, nodePlatform } from './platform.js'
export {
  type AuthMethod,
  allAuthOptions,
  type Importer,
  loadAuthPlugin,
  type PluginSources,
} from './registry.js'
export { signedTransport } from './signed-transport.js'
export { tokenCredentials } from './token.js'
export type {
  AuthCache,
  AuthContext,
  AuthOption,
  AuthPlugin,
  Credentials,
  CredentialsDescription,
  LoginPurpose,
  Platform,
  SentCertificate,
} from './types.js'
