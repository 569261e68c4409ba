/** The message in a server's error answer, as one short line of plain text. */
import { excerpt, htmlSummary, isHtml } from '../basics/words.js'
import type { HttpFacts } from '../errors/errors.js'
import {
  httpFacts as exchangeFacts,
  type HttpRequest,
  type HttpResponse,
  redactText,
} from '../transport/index.js'

/** Returns at most `limit` characters, without markup; undefined if the answer contains no message. */
export function serverMessageOf(response: Pick<HttpResponse, 'body'>, limit = 300): string | undefined {
  const body = redactText(response.body.slice(0, 65_536))
  return excerpt(messageInJson(body) ?? (isHtml(body) ? htmlSummary(body) : body), limit) || undefined
}

/** Returns the `http` member of an error. Credentials in the URL are omitted. */
export function httpFacts(request: Pick<HttpRequest, 'method' | 'url'>, response?: HttpResponse): HttpFacts {
  return exchangeFacts(request, response, response && serverMessageOf(response))
}

/** The result for JSON without a message. It is not shown, because it may contain a token or a device code. */
const noMessage = ''

function messageInJson(body: string): string | undefined {
  const json = body.trimStart()
  if (!/^[{[]/.test(json)) return undefined
  try {
    const value: unknown = JSON.parse(json)
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
