/** The environment for child processes, without occi's secrets. */
import { isSecretName } from '../../transport/index.js'

/** Removes variables that contain or may contain a secret (OCCI_HEADER). */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !holdsSecret(name)))
}

function holdsSecret(name: string): boolean {
  return name === 'OCCI_HEADER' || (/^(OCCI|OS|OIDC)_/.test(name) && isSecretName(name))
}
