/** Detects the practice cloud. Its machines do not exist, so commands must not connect to their addresses. */
import { isLoopback } from '../../auth/index.js'
import { headerValue } from '../../basics/http.js'
import type { Client } from '../../client/index.js'
import { OcciError } from '../../errors/errors.js'
import { practiceHeader } from '../../sandbox/practice-header.js'
import type { Invocation, Surroundings } from '../context.js'
import { endpointFor } from './endpoint.js'

/**
 * Whether the client is connected to the practice cloud. Sends a request to find out only if the endpoint is on this
 * machine; it may also be a tunnel to a real provider.
 */
export async function isPracticeCloud(
  context: Pick<Invocation, 'command' | 'settings' | 'settingsFor'> & Pick<Surroundings, 'signal'>,
  client: Client,
): Promise<boolean> {
  const { signal } = context
  const endpoint = await endpointFor(context)
  if (endpoint.type === 'sandbox') return true
  if (endpoint.type === 'recording') return false
  const url = endpoint.type === 'network' ? endpoint.url : (await client.provider()).queryUrl
  if (!isLoopback(new URL(url))) return false
  try {
    const { headers } = await client.raw({ method: 'OPTIONS', path: url }, { signal })
    return headerValue(headers, practiceHeader) !== undefined
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    return false
  }
}
