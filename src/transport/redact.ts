import type { HeaderPair } from '../basics/http.js'

/** The text that replaces a secret. */
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

/** Whether a header's value must never be shown. `extraNames` are further names of such headers, in any case. */
export function isSecretHeader(name: string, extraNames: readonly string[] = []): boolean {
  const lower = name.toLowerCase()
  return secretHeaders.has(lower) || extraNames.some((extra) => extra.toLowerCase() === lower)
}

/**
 * Masks secrets in header pairs: the whole values of secret headers, and in other values what redactText masks.
 */
export function redactHeaders(
  headers: readonly HeaderPair[],
  extraNames: readonly string[] = [],
): HeaderPair[] {
  return headers.map(([name, value]) => {
    if (!isSecretHeader(name, extraNames)) return [name, redactText(value)]
    // The scheme of an Authorization header is not secret and shows which method was tried.
    const scheme = /^(basic|bearer|digest|negotiate) /i.exec(value.slice(0, 20))?.[0] ?? ''
    return [name, scheme + mask]
  })
}

/** Masks the userinfo and the secret query parameters of a URL. */
export function redactUrl(url: string): string {
  if (!url.includes('@') && !url.includes('?')) return url
  return redactQuery(redactUserinfo(url))
}

/**
 * Masks secrets in a body or other text: the values of JSON keys, form fields and OCCI attributes with secret names
 * (see isSecretName), and userinfo in URLs. Takes linear time.
 */
export function redactText(text: string): string {
  return redactUserinfo(maskSecrets(text))
}

/**
 * Whether a JSON key, form field or attribute of this name contains a secret: `password`, `org.x.admin_pwd`,
 * `clientSecret`.
 */
export function isSecretName(name: string): boolean {
  const lastPart = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1)
  return secretName.test(lastPart.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase())
}

/**
 * Matches the names of secrets. User data is one, since it often contains passwords. `id` is not, since most ids are
 * not secret; secretSpans handles the token id of Keystone v2 (`access.token.id`).
 */
const secretName =
  /(?:^|[_-])(?:pass_?(?:word|wd|phrase|code)|secret|token|pwd|admin_?pass|access_?key|private_?key|api_?key|otp|user_?data|device_?code|code_?verifier)$/

/** The position of a secret value in a text. */
interface SecretSpan {
  readonly start: number
  /** The index after the last character. */
  readonly stop: number
  /** The name of the key, field or attribute. */
  readonly name: string
}

/** Finds the secrets of a text, in order and without overlaps. Takes linear time. */
export function secretSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = []
  let lastEnd = 0
  let tokenStart = -1
  for (const match of text.matchAll(namePattern)) {
    const name = match[1] ?? ''
    const valueStart = match.index + match[0].length
    if (valueStart <= lastEnd) continue
    const opensObject = /^\s{0,20}\{/.test(text.slice(valueStart, valueStart + 24))
    if (name === 'token' && opensObject) tokenStart = valueStart
    const isTokenId = name === 'id' && tokenStart >= 0 && valueStart - tokenStart < 2000
    if (isTokenId) tokenStart = -1
    if (opensObject || !(isTokenId || isSecretName(name))) continue
    const { start, stop } = valueSpan(text, valueStart)
    if (stop <= start) continue
    spans.push({ start, stop, name: isTokenId ? 'token' : name })
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
 * Matches a name followed by `=` or `:`, optionally with quotes or escaped quotes. The look-behind lets a match
 * begin only at the start of a word, so long words take linear time.
 */
const namePattern = /(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]+)(?:\\?")?\s{0,20}[=:]\s{0,20}/g

/** Returns the position of the value at `index`: within its quotes, or up to a separator. */
function valueSpan(text: string, index: number): { start: number; stop: number } {
  const escaped = text.startsWith('\\"', index)
  if (escaped || text[index] === '"') {
    const start = index + (escaped ? 2 : 1)
    const close = escaped ? text.indexOf('\\"', start) : closingQuote(text, start)
    return { start, stop: close < 0 ? text.length : close }
  }
  // ACCORDS puts strings in single quotes.
  const apostrophe = text[index] === "'" ? text.indexOf("'", index + 1) : -1
  if (apostrophe >= 0) return { start: index + 1, stop: apostrophe }
  let stop = index
  while (stop < text.length && !separators.has(text.charCodeAt(stop))) stop += 1
  return { start: index, stop }
}

function closingQuote(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x5c) index += 1
    else if (code === 0x22) return index
  }
  return -1
}

/** Space, tab, line feed, carriage return, and , ; & } ] */
const separators = new Set([0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3b, 0x26, 0x7d, 0x5d])

function redactUserinfo(text: string): string {
  let out = ''
  let copiedTo = 0
  for (let separator = text.indexOf('://'); separator >= 0; separator = text.indexOf('://', separator + 3)) {
    let end = separator + 3
    let lastAt = -1
    // The authority ends at / ? # or a character that is not allowed in URLs. Its userinfo ends at the last @.
    for (; end < text.length && !/[/?#\s"'<>\\]/.test(text.charAt(end)); end += 1) {
      if (text.charCodeAt(end) === 0x40) lastAt = end
    }
    if (lastAt < 0) continue
    out += `${text.slice(copiedTo, separator + 3)}${mask}`
    copiedTo = lastAt
  }
  return copiedTo === 0 ? text : out + text.slice(copiedTo)
}

function redactQuery(url: string): string {
  const questionMark = url.indexOf('?')
  if (questionMark < 0) return url
  const query = url
    .slice(questionMark + 1)
    .split('&')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals > 0 && isSecretName(part.slice(0, equals)) ? `${part.slice(0, equals + 1)}${mask}` : part
    })
  return `${url.slice(0, questionMark + 1)}${query.join('&')}`
}
