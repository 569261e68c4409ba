/** Extracts the provider's message from an error response in any format. */

import { headerValues } from '../basics/http.js'
import { excerpt, htmlSummary, isHtml } from '../basics/words.js'
import { Diagnostics } from './diagnostics.js'
import { JsonObject, parseJson } from './json/parse.js'
import { errorOf } from './json/read.js'
import type { Message } from './types.js'

/** The maximum length of the returned message, in characters. */
const maxLength = 500

/** The part of a body that is searched for the message, in characters: its start, or for a traceback its end. */
const headLength = 64 * 1024
const tailLength = 4 * 1024

/**
 * Returns the message as one line of at most 500 characters without control characters. Undefined if there is none:
 * many 401, 404 and 405 responses have no body.
 */
export function errorMessage(message: Message): string | undefined {
  return excerpt(headerMessage(message) ?? bodyMessage(message.body) ?? '', maxLength) || undefined
}

function headerMessage(message: Message): string | undefined {
  // ooi and rOCCI-server 2.0 send X-OCCI-Error, MartServer sends Message.
  for (const name of ['x-occi-error', 'message']) {
    const text = headerValues(message.headers, name).find((value) => value.trim() !== '')
    if (text !== undefined) return text
  }
  return undefined
}

function bodyMessage(body: string): string | undefined {
  const text = body.slice(0, headLength).trim()
  if (text === '' || text === 'OK') return undefined
  if (text.startsWith('{') || text.startsWith('[')) return jsonMessage(body) ?? text
  if (isHtml(text)) return htmlSummary(text)
  if (text.startsWith('Traceback (most recent call last)')) return lastLine(body.slice(-tailLength))
  return withoutLabel(text)
}

/** Removes the label of `message: …` (MartServer), `X-OCCI-Error: …` or `error: {…}` (erocci). */
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
    if (message !== '') return message
    // Nova and Neutron write {"badRequest": {"message": …}}.
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

/** Whether a body is an XML document, but not XHTML. */
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
