/** The message in a server's error answer, as one short line of plain text. */
import { excerpt, htmlSummary, isHtml } from '../basics/words.js'
import type { HttpFacts } from '../errors/errors.js'
import {
  httpFacts as exchangeFacts,
  type HttpRequest,
  type HttpResponse,
  redactText,
} from '../transport/index.js'

/** At most `limit` characters, without markup. */
export function serverMessageOf(response: Pick<HttpResponse, 'body'>, limit = 300): string | undefined {
  const body = redactText(response.body.slice(0, 65_536))
  return excerpt(fromJson(body) ?? (isHtml(body) ? htmlSummary(body) : body), limit) || undefined
}

/** The exchange for an error's `http`; credentials in the URL are left out. */
export function httpFacts(request: Pick<HttpRequest, 'method' | 'url'>, response?: HttpResponse): HttpFacts {
  return exchangeFacts(request, response, response && serverMessageOf(response))
}

/** JSON without a message is not shown: the answer to a failed login can hold a token or a device code. */
const noMessage = ''

function fromJson(body: string): string | undefined {
  const start = body.trimStart()
  if (!/^[{[]/.test(start)) return undefined
  try {
    const value: unknown = JSON.parse(start)
    const error = member(value, 'error')
    for (const candidate of [
      member(error, 'message'),
      member(value, 'error_description'),
      member(value, 'message'),
      error,
    ]) {
      if (typeof candidate === 'string') return candidate
    }
  } catch {
    return noMessage
  }
  return noMessage
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
