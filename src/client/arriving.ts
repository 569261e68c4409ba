/** Answers whose body is still on its way. */
import type { HttpResponse, StreamedResponse } from '../transport/index.js'

/** Enough of the beginning to tell what it is, and all of it. */
export async function begun(
  source: AsyncIterable<string>,
): Promise<{ readonly start: string; readonly chunks: AsyncIterable<string> }> {
  const iterator = source[Symbol.asyncIterator]()
  let start = ''
  // A line that is there must not wait for the next.
  while (start.length < 64 && !start.includes('\n')) {
    const next = await iterator.next()
    if (next.done === true) break
    start += next.value
  }
  async function* all() {
    try {
      if (start !== '') yield start
      for (;;) {
        const next = await iterator.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { start, chunks: all() }
}

export async function whole({ chunks, ...head }: StreamedResponse): Promise<HttpResponse> {
  const parts: string[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return { ...head, body: parts.join('') }
}
