/** Masks the secrets of an exchange so that its body stays readable by a parser. */

import type { HeaderPair } from '../../basics/http.js'
import { isSecretHeader, mask, redactHeaders, redactText, redactUrl, secretSpans } from '../redact.js'

export interface Hide {
  headers(headers: readonly HeaderPair[]): readonly HeaderPair[]
  url(url: string): string
  text(text: string): string
}

/**
 * The masks of the trace, except that a value without quotes (a number in JSON) becomes a quoted mask. `more`
 * are further names of secret headers, and `known` masks secrets that the caller knows.
 */
export function secretHider(more: readonly string[], known: (text: string) => string): Hide {
  return {
    headers: (headers) =>
      redactHeaders(
        headers.map(([name, value]) => [name, isSecretHeader(name, more) ? value : known(quoting(value))]),
        more,
      ),
    url: (url) => known(redactUrl(url)),
    text: (text) => known(redactText(quoting(text))),
  }
}

/** Quotes masks of unquoted values where the text is not a form. */
function quoting(text: string): string {
  if (!/["\n]/.test(text)) return text
  let out = ''
  let kept = 0
  for (const { start, stop } of secretSpans(text)) {
    if (text.charAt(start - 1) === '"') continue
    out += `${text.slice(kept, start)}"${mask}"`
    kept = stop
  }
  return kept === 0 ? text : out + text.slice(kept)
}

/**
 * Whether a text is the one that was recorded, where a mask stands for any text. Linear: each part is looked
 * for behind the one before it.
 */
export function isRecorded(recorded: string, text: string): boolean {
  if (recorded === text) return true
  const [first = '', ...rest] = recorded.split(mask)
  const last = rest.pop()
  if (last === undefined || !text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
