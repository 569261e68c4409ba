/** Makes text from outside (servers, files, other programs) safe to print in messages. */

/**
 * Returns text as one line that is safe for a terminal: each run of white space, control characters, direction marks
 * and zero-width characters becomes a blank.
 */
export function plainText(text: string): string {
  return excerpt(text, Number.POSITIVE_INFINITY)
}

/** Does the same as `plainText`, and shortens the line to `maxLength` characters. */
export function excerpt(text: string, maxLength: number): string {
  let line = ''
  let isAfterBlank = false
  for (let i = 0; i < text.length && line.length <= maxLength; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || (code >= 127 && code < 161) || isInvisible(code)) isAfterBlank = line !== ''
    else {
      if (isAfterBlank) line += ' '
      isAfterBlank = false
      line += text.charAt(i)
    }
  }
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line
}

/** Whether a character has no glyph: a direction mark, a zero-width character, or a separator of lines. */
function isInvisible(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0xfeff
  )
}

/**
 * Whether a body is a web page. A `<` at the beginning does not suffice: snf-occi 2016 sends `<bound method …>` as
 * text/html (Q19).
 */
export function isHtml(body: string): boolean {
  if (!/^\s{0,2048}</.test(body)) return false
  const start = body.slice(0, 2048).trimStart().toLowerCase()
  return ['<!doctype', '<html', '<head', '<body', '<title', '<h1', '<p>', '<?xml', '<!--', '<center'].some(
    (tag) => start.includes(tag),
  )
}

/** Returns the title, first heading and first paragraph of a web page as one line, without repetitions. */
export function htmlSummary(html: string): string {
  const lower = html.toLowerCase()
  const parts: string[] = []
  for (const tag of ['title', 'h1', 'p']) {
    const text = plainText(elementText(html, lower, tag))
    if (text !== '' && !parts.some((other) => other.includes(text))) parts.push(text)
  }
  return parts.length > 0 ? parts.join(': ') : stripTags(html)
}

/** Returns the text of the first element with a tag, or an empty string. `lower` is the page in lower case. */
function elementText(html: string, lower: string, tag: string): string {
  const open = tagIndex(lower, tag, 0)
  if (open < 0) return ''
  const from = lower.indexOf('>', open) + 1
  const close = lower.indexOf(`</${tag}`, from)
  if (from === 0 || close < 0) return ''
  return stripTags(html.slice(from, close))
}

/** Returns the index of the first start tag with this name (for `p` not that of `<pre>`), or -1. */
function tagIndex(lower: string, tag: string, from: number): number {
  for (let at = lower.indexOf(`<${tag}`, from); at >= 0; at = lower.indexOf(`<${tag}`, at + 1)) {
    const next = lower.charCodeAt(at + tag.length + 1)
    if (next === 62 || next === 32 || next === 10 || next === 9) return at
  }
  return -1
}

/** Replaces tags by blanks and decodes entities. */
function stripTags(html: string): string {
  let text = ''
  let from = 0
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', from)) {
    text += `${html.slice(from, open)} `
    const close = html.indexOf('>', open)
    if (close < 0) return decodeEntities(text)
    from = close + 1
  }
  return decodeEntities(text + html.slice(from))
}

/** Common character entities. `&amp;` is last, so that `&amp;lt;` becomes `&lt;`. */
const entities: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&nbsp;', ' '],
  ['&laquo;', '«'],
  ['&amp;', '&'],
]

function decodeEntities(text: string): string {
  let decoded = text
  for (const [entity, character] of entities) decoded = decoded.replaceAll(entity, character)
  return decoded
}
