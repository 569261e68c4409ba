/** Gathers small chunks into few writes, without holding back what is there while the source is slow. */
import type { Sink } from '../streams.js'

/** Rejects with the sink's error; the source is then told to stop. */
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
      // A file takes all at once and a source may have all at hand: Ctrl-C must be heard meanwhile.
      if (++flushes % often === 0) await turn()
    } else {
      // Runs as soon as nothing more is at hand, i.e. the source waits for the network.
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
