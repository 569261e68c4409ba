/** Formats requests as HTTP, as curl commands, or as data, with secrets redacted. */
import { type HttpRequest, redactHeaders, redactText, redactUrl, toCurl } from '../../transport/index.js'
import type { Output, OutputRecord } from '../output/types.js'

/** The text of an HTTP/1.1 request. */
export function httpText({ method, url, headers, body }: HttpRequest): string {
  const { host, pathname, search } = new URL(redactUrl(url))
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...redactHeaders(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  const head = `${lines.join('\n')}\n`
  const text = bodyText(body).replaceAll('\r\n', '\n')
  if (text === '') return head
  return `${head}\n${text}${text.endsWith('\n') ? '' : '\n'}`
}

export function curlText(request: HttpRequest, extraArguments: readonly string[]): string {
  const { body } = request
  // Text renderings accept either line end, and CR would be hard to read in a shell.
  const requestWithoutCr =
    typeof body === 'string' ? { ...request, body: body.replaceAll('\r\n', '\n') } : request
  return `${toCurl(requestWithoutCr, { extra: extraArguments })}\n`
}

/** The shell variables of secrets in a curl command: `OCCI_TOKEN`. */
export function variablesIn(command: string): readonly string[] {
  return [...new Set([...command.matchAll(/"\$(OCCI_[A-Z]+)|:\$(OCCI_PASSWORD)"/g)].flatMap(variableNames))]
}

function variableNames([, first, second]: RegExpMatchArray): readonly string[] {
  return [first, second].filter((name) => name !== undefined)
}

/** The requests as an Output. If `curl` is set, each record also contains the curl command that it returns. */
export function requestsOutput(
  requests: readonly HttpRequest[],
  curl: ((request: HttpRequest) => string) | undefined,
): Output {
  const records = requests.map((request): OutputRecord => {
    const url = redactUrl(request.url)
    const body = bodyText(request.body)
    const data = {
      method: request.method,
      url,
      headers: redactHeaders(request.headers).map(([name, value]) => ({ name, value })),
      body: body === '' ? null : body,
      ...(curl === undefined ? {} : { curl: curl(request).trimEnd() }),
    }
    return { data, name: url, id: url, url }
  })
  return {
    shape: requests.length === 1 ? 'one' : 'list',
    records,
    columns: [
      { key: 'method', heading: 'METHOD', value: 'method' },
      { key: 'url', heading: 'URL', value: 'url' },
      { key: 'headers', heading: 'HEADERS', value: headerLines, wide: true },
      { key: 'body', heading: 'BODY', value: 'body', wide: true },
    ],
    ...(requests.length === 1 ? {} : { terminalFormat: 'table' }),
  }
}

function headerLines({ data }: OutputRecord): readonly string[] {
  const headers = data['headers'] as readonly { readonly name: string; readonly value: string }[]
  return headers.map(({ name, value }) => `${name}: ${value}`)
}

function bodyText(body: HttpRequest['body']): string {
  if (body === undefined) return ''
  return redactText(typeof body === 'string' ? body : new TextDecoder().decode(body))
}
