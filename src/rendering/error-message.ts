/** Extracts the provider's message from an error response in any format. */
import { Diagnostics } from './diagnostics.js'
import { JsonObject, parseJson } from './json/parse.js'
import { errorOf } from './json/read.js'
import type { Message } from './types.js'

const longest = 500
/**
 * How much of a body is searched for the message, from its start and, for the last line of a traceback, from
 * its end.
 */
const head = 64 * 1024
const tail = 4 * 1024

/**
 * Returns the message as plain text: one line, no control characters, at most 500 characters. Undefined
 * when there is none (many 401, 404 and 405 responses have no body).
 */
export function errorWords(message: Message): string | undefined {
  return tidy(headerWords(message) ?? bodyWords(message.body) ?? '') || undefined
}

function headerWords(message: Message): string | undefined {
  // ooi and rOCCI 2.0; MartServer.
  for (const wanted of ['x-occi-error', 'message']) {
    const found = message.headers.find(
      ([name, value]) => name.toLowerCase() === wanted && value.trim() !== '',
    )
    if (found !== undefined) return found[1]
  }
  return undefined
}

function bodyWords(whole: string): string | undefined {
  const body = whole.slice(0, head).trim()
  if (body === '' || body === 'OK') return undefined
  if (body.startsWith('{') || body.startsWith('[')) return jsonWords(whole) ?? body
  if (isHtml(body)) return htmlWords(body)
  if (body.startsWith('Traceback (most recent call last)')) return lastLine(whole.slice(-tail))
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

function jsonWords(body: string): string | undefined {
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

/** XML that is not XHTML. */
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

/** Not every `<` begins markup: snf-occi 2016 sends `<bound method …>` as text/html (Q19). */
export function isHtml(body: string): boolean {
  if (!/^\s{0,2048}</.test(body)) return false
  const start = body.slice(0, 2048).trimStart().toLowerCase()
  return ['<!doctype', '<html', '<head', '<body', '<title', '<h1', '<p>', '<?xml', '<!--', '<center'].some(
    (tag) => start.includes(tag),
  )
}

/** Title, first heading and first paragraph, without repetitions. */
function htmlWords(html: string): string {
  const lower = html.toLowerCase()
  const found: string[] = []
  for (const tag of ['title', 'h1', 'p']) {
    const words = tidy(element(html, lower, tag))
    if (words !== '' && !found.some((other) => other.includes(words))) found.push(words)
  }
  return found.length > 0 ? found.join(': ') : stripTags(html)
}

function element(html: string, lower: string, tag: string): string {
  const open = tagIndex(lower, tag, 0)
  if (open < 0) return ''
  const from = lower.indexOf('>', open) + 1
  const close = lower.indexOf(`</${tag}`, from)
  if (from === 0 || close < 0) return ''
  return stripTags(html.slice(from, close))
}

/** Matches `<p` but not `<pre`. */
function tagIndex(lower: string, tag: string, start: number): number {
  for (let at = lower.indexOf(`<${tag}`, start); at >= 0; at = lower.indexOf(`<${tag}`, at + 1)) {
    const next = lower.charCodeAt(at + tag.length + 1)
    if (next === 62 || next === 32 || next === 10 || next === 9) return at
  }
  return -1
}

function stripTags(html: string): string {
  let out = ''
  let from = 0
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', from)) {
    out += `${html.slice(from, open)} `
    const close = html.indexOf('>', open)
    if (close < 0) return decode(out)
    from = close + 1
  }
  return decode(out + html.slice(from))
}

const entities: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&nbsp;', ' '],
  ['&laquo;', '«'],
  ['&amp;', '&'],
]

function decode(text: string): string {
  return entities.reduce((done, [entity, character]) => done.replaceAll(entity, character), text)
}

/**
 * Makes one line that is safe for a terminal: control characters and direction marks become blanks, and
 * blanks collapse.
 */
function tidy(text: string): string {
  let out = ''
  let blank = false
  for (let i = 0; i < text.length && out.length <= longest; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || (code >= 127 && code < 161) || isDirection(code)) blank = out !== ''
    else {
      if (blank) out += ' '
      blank = false
      out += text.charAt(i)
    }
  }
  return out.length > longest ? `${out.slice(0, longest - 1)}…` : out
}

function isDirection(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0xfeff
  )
}
