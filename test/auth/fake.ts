/** A transport from a function, which keeps what was asked of it. */
import type { HeaderPair } from '../../src/basics/http.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from '../../src/transport/index.js'

export interface Answer {
  readonly status: number
  readonly reason?: string
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
}

export interface FakeTransport extends Transport {
  readonly requests: HttpRequest[]
}

export function fakeTransport(answer: (request: HttpRequest) => Answer | Promise<Answer>): FakeTransport {
  const requests: HttpRequest[] = []
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request)
    const { status, reason = '', headers = [], body = '' } = await answer(request)
    return { status, reason, headers, body, url: request.url, tolerated: [] }
  }
  return {
    requests,
    send,
    async stream(request): Promise<StreamedResponse> {
      const { body, ...rest } = await send(request)
      return { ...rest, chunks: pieces(body) }
    },
    close: async () => {},
  }
}

export function header(request: HttpRequest | undefined, name: string): string | undefined {
  return request?.headers.find(([header]) => header.toLowerCase() === name.toLowerCase())?.[1]
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let index = 0; index < text.length; index += 7) yield text.slice(index, index + 7)
}
