import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http'

/** Passes a request on as it is. */
export function relay(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(target)
  const { method, url: path, headers } = request
  const onward = forward({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  request.pipe(onward)
}
