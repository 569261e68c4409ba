/** An access token from whatever is configured. */
import { AuthError } from '../../errors/errors.js'
import type { AuthContext } from '../types.js'

/** Throws AuthError when there is none to be had. */
export async function accessToken(context: AuthContext): Promise<string> {
  const given = await context.secret('access-token', 'Access token')
  if (given !== undefined && given !== '') return given.trim()
  throw new AuthError('There is no access token', {
    hint: 'Give it by OS_ACCESS_TOKEN or OCCI_ACCESS_TOKEN.',
  })
}
