/** Combines small chunks into few writes, without delaying data while the source is slow. */
import type { Sink } from '../streams.js'

/** Rejects with the sink's error, after it has stopped the source. */
export async function drain(chunks: AsyncIterable<string>, sink: Sink): Promise<void> {
  let waiting = ''
  let flushes = 0
  let timer: NodeJS.Immediate | undefined
  let written: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined
  const flush = () => {
    timer = undefined
    const text = waiting
    waiting = ''
    written = written
      .then(() => sink.write(text))
      .catch((error: unknown) => {
        failure ??= { error }
      })
  }
  for await (const chunk of chunks) {
    if (failure !== undefined) break
    waiting += chunk
    if (waiting.length >= large) {
      flush()
      await written
      // Yields to the event loop, so that Ctrl-C is noticed even if source and sink never wait.
      if (++flushes % often === 0) await turn()
    } else {
      // Runs when no more data is available at once, i.e. the source waits for the network.
      timer ??= setImmediate(flush)
    }
  }
  clearImmediate(timer)
  if (waiting !== '') flush()
  await written
  if (failure !== undefined) throw failure.error
}

const large = 16_384
const often = 32

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
