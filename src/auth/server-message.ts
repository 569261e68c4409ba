/** The message in a server's error answer, as one short line of plain text. */
import type { HttpFacts } from '../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../transport/index.js'

export function headerValue(response: Pick<HttpResponse, 'headers'>, name: string): string | undefined {
  return response.headers.find(([header]) => header.toLowerCase() === name)?.[1]
}

/** At most `limit` characters, without markup, control characters and repeated white space. */
export function serverWords(
  response: Pick<HttpResponse, 'headers' | 'body'>,
  limit = 300,
): string | undefined {
  const body = response.body.slice(0, 65_536)
  const said = fromJson(body) ?? (looksLikeHtml(response, body) ? withoutMarkup(body) : body)
  const line = plain(said).slice(0, limit)
  return line === '' ? undefined : line
}

/** The exchange for an error's `http`; credentials in the URL and its query are left out. */
export function httpFacts(request: Pick<HttpRequest, 'method' | 'url'>, response?: HttpResponse): HttpFacts {
  const facts = { method: request.method, url: bareUrl(request.url) }
  if (response === undefined) return facts
  const requestId =
    headerValue(response, 'x-openstack-request-id') ?? headerValue(response, 'x-request-id') ?? undefined
  const serverMessage = serverWords(response)
  return {
    ...facts,
    status: response.status,
    reason: plain(response.reason),
    ...(requestId === undefined ? {} : { requestId: plain(requestId) }),
    ...(serverMessage === undefined ? {} : { serverMessage }),
  }
}

/** The URL without user, password and fragment. Text that is not a URL is only made safe to print. */
export function bareUrl(text: string): string {
  try {
    const url = new URL(text)
    url.username = ''
    url.password = ''
    url.hash = ''
    return url.href
  } catch {
    return plain(text).slice(0, 300)
  }
}

/** The text as one line, without terminal control sequences. */
export function plain(text: string): string {
  let out = ''
  let space = false
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0x2028 || code === 0x2029) {
      space = out !== ''
      continue
    }
    // Direction overrides can change how a line reads.
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) continue
    if (space) out += ' '
    space = false
    out += character
  }
  return out
}

function fromJson(body: string): string | undefined {
  const start = body.trimStart()
  if (!start.startsWith('{')) return undefined
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
    return undefined
  }
  return undefined
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function looksLikeHtml(response: Pick<HttpResponse, 'headers'>, body: string): boolean {
  return (
    (headerValue(response, 'content-type') ?? '').toLowerCase().includes('html') ||
    body.trimStart().slice(0, 15).toLowerCase().startsWith('<!doctype html') ||
    body.trimStart().slice(0, 5).toLowerCase() === '<html'
  )
}

/** The text between tags, without the contents of <style> and <script>. One pass. */
function withoutMarkup(html: string): string {
  const lower = html.toLowerCase()
  let out = ''
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    if (open === -1) return out + html.slice(position)
    out += `${html.slice(position, open)} `
    const close = html.indexOf('>', open)
    if (close === -1) return out
    position = close + 1
    for (const element of ['style', 'script']) {
      if (!lower.startsWith(`<${element}`, open)) continue
      const end = lower.indexOf(`</${element}`, position)
      position = end === -1 ? html.length : end
    }
  }
  return out
}
