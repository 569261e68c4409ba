/** Writes chunks to a sink, combining small ones into fewer writes without delaying data from a slow source. */
import type { Sink } from '../streams.js'

/** Writes all chunks. If the sink fails, stops the source and rejects with the sink's error. */
export async function drain(chunks: AsyncIterable<string>, sink: Sink): Promise<void> {
  let pending = ''
  let flushes = 0
  let timer: NodeJS.Immediate | undefined
  let written: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined
  const flush = () => {
    timer = undefined
    const text = pending
    pending = ''
    written = written
      .then(() => sink.write(text))
      .catch((error: unknown) => {
        failure ??= { error }
      })
  }
  for await (const chunk of chunks) {
    if (failure !== undefined) break
    pending += chunk
    if (pending.length >= chunkSize) {
      flush()
      await written
      // Yields to the event loop, so that Ctrl-C is handled even if source and sink never wait.
      if (++flushes % flushesPerTurn === 0) await nextTurn()
    } else {
      // Runs when no more data is immediately available, for example while the source waits for the network.
      timer ??= setImmediate(flush)
    }
  }
  clearImmediate(timer)
  if (pending !== '') flush()
  await written
  if (failure !== undefined) throw failure.error
}

/** Characters that are collected for one write. */
const chunkSize = 16_384
/** Writes after which the event loop gets a turn. */
const flushesPerTurn = 32

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
