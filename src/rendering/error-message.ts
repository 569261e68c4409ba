/** Extracts the provider's message from an error response in any format. */

import { headerValues } from '../basics/http.js'
import { excerpt, htmlSummary, isHtml } from '../basics/words.js'
import { Diagnostics } from './diagnostics.js'
import { JsonObject, parseJson } from './json/parse.js'
import { errorOf } from './json/read.js'
import type { Message } from './types.js'

const maxLength = 500
/**
 * How many characters of a body are searched for the message: from its start, and for the last line of a
 * traceback from its end.
 */
const headLength = 64 * 1024
const tailLength = 4 * 1024

/**
 * Returns the message as plain text: one line, no control characters, at most 500 characters. Undefined
 * when there is none (many 401, 404 and 405 responses have no body).
 */
export function errorMessage(message: Message): string | undefined {
  return excerpt(headerMessage(message) ?? bodyMessage(message.body) ?? '', maxLength) || undefined
}

function headerMessage(message: Message): string | undefined {
  // X-OCCI-Error: ooi and rOCCI-server 2.0; Message: MartServer.
  for (const wanted of ['x-occi-error', 'message']) {
    const found = headerValues(message.headers, wanted).find((value) => value.trim() !== '')
    if (found !== undefined) return found
  }
  return undefined
}

function bodyMessage(whole: string): string | undefined {
  const body = whole.slice(0, headLength).trim()
  if (body === '' || body === 'OK') return undefined
  if (body.startsWith('{') || body.startsWith('[')) return jsonMessage(whole) ?? body
  if (isHtml(body)) return htmlSummary(body)
  if (body.startsWith('Traceback (most recent call last)')) return lastLine(whole.slice(-tailLength))
  return withoutLabel(body)
}

/** `message: …` (MartServer), `X-OCCI-Error: …`, `error: {…}` (erocci). */
function withoutLabel(body: string): string {
  for (const label of ['message:', 'x-occi-error:', 'error:']) {
    if (body.slice(0, label.length).toLowerCase() === label) return body.slice(label.length)
  }
  return body
}

function lastLine(text: string): string {
  const trimmed = text.trimEnd()
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1)
}

function jsonMessage(body: string): string | undefined {
  try {
    const root = parseJson(body, new Diagnostics())
    if (!(root instanceof JsonObject)) return undefined
    const { message } = errorOf(root)
    // Nova and Neutron: {"badRequest": {"message": …}}.
    if (message !== '') return message
    for (const member of root.members.values()) {
      if (member instanceof JsonObject) {
        const inner = errorOf(member).message
        if (inner !== '') return inner
      }
    }
    return undefined
  } catch {
    return undefined
  }
}

/** Whether a body is XML other than XHTML. */
export function isXml(body: string): boolean {
  const start = body.slice(0, 2048).trimStart().toLowerCase()
  if (start.includes('<html') || start.includes('<!doctype html')) return false
  return (
    start.startsWith('<?xml') ||
    /^<([a-z][\w.-]{0,30}:)?(collection|resource|link|entity|capabilities|category|kind|mixin|action)\b/.test(
      start,
    )
  )
}
