/** The environment for child processes: without occi's secrets, which they and their children could read. */
import { isSecretName } from '../../transport/index.js'

/** Removes occi's variables that contain a secret or may contain one (OCCI_HEADER). */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !holdsSecret(name)))
}

function holdsSecret(name: string): boolean {
  return name === 'OCCI_HEADER' || (/^(OCCI|OS|OIDC)_/.test(name) && isSecretName(name))
}
