import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import type { AuthContext } from '../types.js'

export interface ClientCertificate {
  readonly tls: TlsMaterial
  readonly subject: string
  readonly fingerprint: string
}

export async function clientCertificate(_context: AuthContext): Promise<ClientCertificate> {
  throw new AuthError('There is no client certificate', { hint: 'Give --user-cred.' })
}
