/** Checks whether a port accepts connections. */

import { connect } from 'node:net'
import { present } from '../../basics/objects.js'

/** Milliseconds; a port that does not answer by then is tried again later. */
const patience = 3000

/** Opens a TCP connection and closes it immediately. Never rejects. */
export function reach(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...present({ signal }) })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(patience, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
