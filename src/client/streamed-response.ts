/** Responses whose body is still arriving. */
import { type HeaderPair, headerValue } from '../basics/http.js'
import type { HttpResponse, StreamedResponse } from '../transport/index.js'
import { type ClientRequest, reportTolerated, requestOf } from './exchange.js'
import type { Session } from './session.js'

interface StartedResponse {
  /** The whole response, including `start`. */
  readonly response: StreamedResponse
  /** The start of the body, which shows its format. */
  readonly start: string
}

/** Sends a request; resolves when the body begins. */
export async function sendStreamed(session: Session, request: ClientRequest): Promise<StartedResponse> {
  const response = await session.transport.stream(requestOf(session, request))
  reportTolerated(session, request, response.tolerated)
  const { start, chunks } = await readStart(response.chunks)
  return { response: { ...response, chunks }, start }
}

/** Whether the headers contain a location. If so, the body alone is not the whole listing. */
export function hasLocation(headers: readonly HeaderPair[]): boolean {
  return ['location', 'x-occi-location'].some((name) => headerValue(headers, name) !== undefined)
}

/** Reads the start of a body, and returns it together with an iterable of the whole body. */
async function readStart(
  chunks: AsyncIterable<string>,
): Promise<{ readonly start: string; readonly chunks: AsyncIterable<string> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let start = ''
  // 64 characters, or one shorter line, suffice to recognise the format.
  while (start.length < 64 && !start.includes('\n')) {
    const next = await iterator.next()
    if (next.done === true) break
    start += next.value
  }
  async function* allChunks() {
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
  return { start, chunks: allChunks() }
}

/** Returns the response with its whole body as text. */
export async function readWhole({ chunks, ...head }: StreamedResponse): Promise<HttpResponse> {
  const parts: string[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return { ...head, body: parts.join('') }
}
