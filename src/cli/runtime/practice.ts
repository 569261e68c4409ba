/** Tells a practice cloud from a real provider: its machines do not exist, and their addresses are not dialled. */
import { isLoopback } from '../../auth/index.js'
import { headerValue } from '../../basics/http.js'
import type { Client } from '../../client/index.js'
import { OcciError } from '../../errors/errors.js'
import { practiceHeader } from '../../sandbox/practice-header.js'
import type { Invocation, Surroundings } from '../context.js'
import { endpointFor } from './endpoint.js'

/** Asks only an endpoint on this machine, which may also be a tunnel to a real provider, for one more answer. */
export async function isPracticeCloud(
  context: Pick<Invocation, 'command' | 'settings' | 'settingsFor'> & Pick<Surroundings, 'signal'>,
  client: Client,
): Promise<boolean> {
  const { signal } = context
  const endpoint = await endpointFor(context)
  if (endpoint.at === 'sandbox') return true
  if (endpoint.at === 'recording') return false
  const url = endpoint.at === 'network' ? endpoint.url : (await client.provider()).queryUrl
  if (!isLoopback(new URL(url))) return false
  try {
    const { headers } = await client.raw({ method: 'OPTIONS', path: url }, { signal })
    return headerValue(headers, practiceHeader) !== undefined
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    return false
  }
}
