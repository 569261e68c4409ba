/** Makes text from outside (servers, files, other programs) safe to print in messages. */

/**
 * One line that is safe for a terminal: white space, control characters, direction marks and zero-width
 * characters become single blanks.
 */
export function plainText(text: string): string {
  return excerpt(text, Number.POSITIVE_INFINITY)
}

/** Like `plainText`, with at most `longest` characters. */
export function excerpt(text: string, longest: number): string {
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

/** Whether a body is an HTML page. Not every `<` begins markup: snf-occi 2016 sends `<bound method …>` as text/html (Q19). */
export function isHtml(body: string): boolean {
  if (!/^\s{0,2048}</.test(body)) return false
  const start = body.slice(0, 2048).trimStart().toLowerCase()
  return ['<!doctype', '<html', '<head', '<body', '<title', '<h1', '<p>', '<?xml', '<!--', '<center'].some(
    (tag) => start.includes(tag),
  )
}

/** The title, first heading and first paragraph of a page as one line, without repetitions. */
export function htmlSummary(html: string): string {
  const lower = html.toLowerCase()
  const found: string[] = []
  for (const tag of ['title', 'h1', 'p']) {
    const words = plainText(element(html, lower, tag))
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
