/** What `auto` needs to know of certificates before it knows the method. */
import type { HttpRequest, HttpResponse, TlsMaterial } from '../../transport/index.js'
import type { AuthContext } from '../types.js'

/** Whether the user has named a client certificate, by option or by the grid's variables. */
export async function certificateAtHand(context: AuthContext): Promise<boolean> {
  const named = ['X509_USER_PROXY', 'X509_USER_CERT'].some((name) => (context.env(name) ?? '') !== '')
  return named || (context.option('user-cred') ?? '') !== ''
}

export async function certificateForProbe(_context: AuthContext): Promise<TlsMaterial | undefined> {
  return undefined
}

/** The refusal that a missing certificate is, as if it were a 401; undefined when it is something else. */
export function refusalOfTls(_request: HttpRequest, _answer: unknown): HttpResponse | undefined {
  return undefined
}
