/** Whether somebody answers at a port. */
import { connect } from 'node:net'

/** Milliseconds; who does not answer by then is asked again later. */
const patience = 3000

/** A connection by TCP, closed at once. Never rejects. */
export function reach(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(signal === undefined ? {} : { signal }) })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(patience, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
