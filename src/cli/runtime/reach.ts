/** Tests TCP connections. */

import { connect } from 'node:net'
import { omitUndefined } from '../../basics/objects.js'
import type { ConnectionResult } from '../probe.js'

/** Milliseconds for one attempt; callers try again later. */
const reachTimeout = 3000

/** Whether a port accepts a TCP connection. Never rejects. */
export async function reach(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return (await tryConnection(host, port, { timeout: reachTimeout, ...omitUndefined({ signal }) })).ok
}

/** Opens a TCP connection and closes it immediately. `timeout` is in milliseconds. Never rejects. */
export function tryConnection(
  host: string,
  port: number,
  { timeout, signal }: { readonly timeout: number; readonly signal?: AbortSignal },
): Promise<ConnectionResult> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect({ host, port, ...omitUndefined({ signal }) })
    const finish = (result: ConnectionResult) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(timeout, () => finish({ ok: false, reason: 'timeout' }))
    socket.once('connect', () => finish({ ok: true, milliseconds: Math.round(performance.now() - started) }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish({ ok: false, reason: error.code ?? error.message }),
    )
  })
}
