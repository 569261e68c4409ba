/** Checks whether a port accepts connections. */

import { connect } from 'node:net'
import { omitUndefined } from '../../basics/objects.js'
import type { Reached } from '../probe.js'

/** Milliseconds; a port that does not answer by then is tried again later. */
const patience = 3000

/** Whether a port accepts a TCP connection. Never rejects. */
export async function reach(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return (await tryConnection(host, port, { patience, ...omitUndefined({ signal }) })).ok
}

/** Opens a TCP connection and closes it immediately. `patience` is in milliseconds. Never rejects. */
export function tryConnection(
  host: string,
  port: number,
  { patience, signal }: { readonly patience: number; readonly signal?: AbortSignal },
): Promise<Reached> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect({ host, port, ...omitUndefined({ signal }) })
    const end = (reached: Reached) => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(patience, () => end({ ok: false, why: 'timeout' }))
    socket.once('connect', () => end({ ok: true, milliseconds: Math.round(performance.now() - started) }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end({ ok: false, why: error.code ?? error.message }),
    )
  })
}
