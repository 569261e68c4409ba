/** The text that replaces a secret. */
import type { HeaderPair } from '../basics/http.js'
export const mask = '***'

const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'x-auth-token',
  'auth-token',
  'x-subject-token',
  'openstack-auth-receipt',
  'x-storage-token',
  'x-service-token',
  'cookie',
  'set-cookie',
  'x-api-key',
])

/** Whether a header's value must never be shown. `more` holds further names, in any case. */
export function isSecretHeader(name: string, more: readonly string[] = []): boolean {
  const lower = name.toLowerCase()
  return secretHeaders.has(lower) || more.some((other) => other.toLowerCase() === lower)
}

/**
 * Masks secrets in header pairs: whole values of secret headers, password attributes and userinfo in URLs.
 */
export function redactHeaders(headers: readonly HeaderPair[], more: readonly string[] = []): HeaderPair[] {
  return headers.map(([name, value]) => {
    if (!isSecretHeader(name, more)) return [name, redactText(value)]
    // The scheme of an Authorization header is not secret and shows which method was tried.
    const scheme = /^(basic|bearer|digest|negotiate) /i.exec(value.slice(0, 20))?.[0] ?? ''
    return [name, scheme + mask]
  })
}

/**
 * Removes the userinfo of a URL and masks secret query parameters. Text that is not a URL is redacted as
 * text.
 */
export function redactUrl(url: string): string {
  if (!url.includes('@') && !url.includes('?')) return url
  return redactQuery(redactUserinfo(url))
}

/**
 * Masks secrets in a body or other text: values of JSON keys, form fields and OCCI attributes that are
 * named like secrets, and userinfo in URLs. Takes linear time.
 */
export function redactText(text: string): string {
  return redactUserinfo(maskSecrets(text))
}

/**
 * Whether a JSON key, form field or attribute of this name contains a secret: `password`, `org.x.admin_pwd`,
 * `clientSecret`.
 */
export function isSecretName(name: string): boolean {
  const last = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1)
  return secretName.test(last.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase())
}

/**
 * Includes user data, which often contains passwords. `id` is not included, since most ids are not secret; secretSpans
 * handles the token id of Keystone v2 (`access.token.id`).
 */
const secretName =
  /(?:^|[_-])(?:pass_?(?:word|wd|phrase|code)|secret|token|pwd|admin_?pass|access_?key|private_?key|api_?key|otp|user_?data|device_?code|code_?verifier)$/

/** A part of a text that is the value of a secret. */
interface SecretSpan {
  readonly start: number
  readonly stop: number
  readonly name: string
}

/** Finds the secrets of a text, in order and without overlaps. Takes linear time. */
export function secretSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = []
  let lastEnd = 0
  let inToken = -1
  for (const match of text.matchAll(namePattern)) {
    const name = match[1] ?? ''
    const at = match.index + match[0].length
    if (at <= lastEnd) continue
    const opensObject = /^\s{0,20}\{/.test(text.slice(at, at + 24))
    if (name === 'token' && opensObject) inToken = at
    const keystoneId = name === 'id' && inToken >= 0 && at - inToken < 2000
    if (keystoneId) inToken = -1
    if (opensObject || !(keystoneId || isSecretName(name))) continue
    const { start, stop } = valueEnd(text, at)
    if (stop <= start) continue
    spans.push({ start, stop, name: keystoneId ? 'token' : name })
    lastEnd = stop
  }
  return spans
}

function maskSecrets(text: string): string {
  const spans = secretSpans(text)
  let out = ''
  let copiedTo = 0
  for (const { start, stop } of spans) {
    out += text.slice(copiedTo, start) + mask
    copiedTo = stop
  }
  return copiedTo === 0 ? text : out + text.slice(copiedTo)
}

/**
 * A name followed by `=` or `:`, optionally quoted or with escaped quotes. The look-behind keeps matching linear for
 * long words: each is tried only from its beginning.
 */
const namePattern = /(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]+)(?:\\?")?\s{0,20}[=:]\s{0,20}/g

/** Start and end of a value: within its quotes, or up to a separator. */
function valueEnd(text: string, at: number): { start: number; stop: number } {
  const escaped = text.startsWith('\\"', at)
  if (escaped || text[at] === '"') {
    const start = at + (escaped ? 2 : 1)
    const close = escaped ? text.indexOf('\\"', start) : closingQuote(text, start)
    return { start, stop: close < 0 ? text.length : close }
  }
  // ACCORDS puts strings in single quotes.
  const apostrophe = text[at] === "'" ? text.indexOf("'", at + 1) : -1
  if (apostrophe >= 0) return { start: at + 1, stop: apostrophe }
  let stop = at
  while (stop < text.length && !separators.has(text.charCodeAt(stop))) stop += 1
  return { start: at, stop }
}

function closingQuote(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === 0x5c) i += 1
    else if (code === 0x22) return i
  }
  return -1
}

/** Blank, line ends, and , ; & } ] */
const separators = new Set([0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3b, 0x26, 0x7d, 0x5d])

function redactUserinfo(text: string): string {
  let out = ''
  let copiedTo = 0
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    let end = at + 3
    let user = -1
    // The authority ends at / ? # or a character that is not allowed in URLs; its userinfo ends at the last
    // @.
    for (; end < text.length && !/[/?#\s"'<>\\]/.test(text.charAt(end)); end += 1) {
      if (text.charCodeAt(end) === 0x40) user = end
    }
    if (user < 0) continue
    out += `${text.slice(copiedTo, at + 3)}${mask}`
    copiedTo = user
  }
  return copiedTo === 0 ? text : out + text.slice(copiedTo)
}

function redactQuery(url: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return url
  const query = url
    .slice(mark + 1)
    .split('&')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals > 0 && isSecretName(part.slice(0, equals)) ? `${part.slice(0, equals + 1)}${mask}` : part
    })
  return `${url.slice(0, mark + 1)}${query.join('&')}`
}
