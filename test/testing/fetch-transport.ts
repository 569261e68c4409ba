/** A transport over the fetch of Node, as a user might write it. */
import type { HttpRequest, Transport } from '../../src/transport/index.js'

export function fetchTransport(): Transport {
  const open = async ({ method, url, headers, body, signal }: HttpRequest) => {
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    const head = {
      status: response.status,
      reason: response.statusText,
      headers: [...response.headers],
      url,
      tolerated: [],
    }
    return { head, response }
  }
  return {
    async send(request) {
      const { head, response } = await open(request)
      return { ...head, body: await response.text() }
    },
    async stream(request) {
      const { head, response } = await open(request)
      return { ...head, chunks: response.body?.pipeThrough(new TextDecoderStream()) ?? none() }
    },
    close: async () => {},
  }
}

async function* none(): AsyncGenerator<string> {}
