/** The environment of other programs: without our secrets, which they and all that they start could read. */
import { isSecretName } from '../../transport/index.js'

/** Leaves out the variables of ours that hold a secret, or may (OCCI_HEADER). */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !holdsSecret(name)))
}

function holdsSecret(name: string): boolean {
  return name === 'OCCI_HEADER' || (/^(OCCI|OS|OIDC)_/.test(name) && isSecretName(name))
}
