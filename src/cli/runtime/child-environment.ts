/** The environment for child processes, without occi's secrets. */
import { isSecretName } from '../../transport/index.js'

/** Returns the environment without the variables that hold secrets. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !holdsSecret(name)))
}

/** Whether the variable contains or may contain a secret. */
export function holdsSecret(name: string): boolean {
  return name === 'OCCI_HEADER' || (/^(OCCI|OS|OIDC)_/.test(name) && isSecretName(name))
}
