/** Masks the secrets of recorded exchanges. */

import type { HeaderPair } from '../../basics/http.js'
import { isSecretHeader, mask, redactHeaders, redactText, redactUrl, secretSpans } from '../redact.js'

/** Masks secrets in the parts of an exchange. */
export interface ExchangeRedactor {
  headers(headers: readonly HeaderPair[]): readonly HeaderPair[]
  url(url: string): string
  text(text: string): string
}

/**
 * Creates a redactor that masks like the trace, except that a value without quotes (a number in JSON) becomes a quoted
 * mask, so that the body can still be parsed. `secretHeaders` are further names of secret headers; `maskKnown` masks
 * secrets that the caller knows.
 */
export function exchangeRedactor(
  secretHeaders: readonly string[],
  maskKnown: (text: string) => string,
): ExchangeRedactor {
  return {
    headers: (headers) =>
      redactHeaders(
        headers.map(([name, value]) => [
          name,
          isSecretHeader(name, secretHeaders) ? value : maskKnown(quoteMasks(value)),
        ]),
        secretHeaders,
      ),
    url: (url) => maskKnown(redactUrl(url)),
    text: (text) => maskKnown(redactText(quoteMasks(text))),
  }
}

/** Replaces unquoted secrets by a quoted mask, except in a form (text without quotes and line feeds). */
function quoteMasks(text: string): string {
  if (!/["\n]/.test(text)) return text
  let out = ''
  let copiedTo = 0
  for (const { start, stop } of secretSpans(text)) {
    if (/["']/.test(text.charAt(start - 1))) continue
    out += `${text.slice(copiedTo, start)}"${mask}"`
    copiedTo = stop
  }
  return copiedTo === 0 ? text : out + text.slice(copiedTo)
}

/**
 * Whether a text matches the recorded one, in which a mask matches any text. Takes linear time, since each part is
 * searched for after the previous one.
 */
export function matchesRecorded(recorded: string, text: string): boolean {
  if (recorded === text) return true
  const [first = '', ...rest] = recorded.split(mask)
  const last = rest.pop()
  if (last === undefined || !text.startsWith(first)) return false
  let position = first.length
  for (const part of rest) {
    const found = text.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return text.length - last.length >= position && text.endsWith(last)
}
