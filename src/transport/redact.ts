import type { HeaderPair } from './types.js'

/** What stands in place of a secret. */
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

/** Whether a header's value must never be shown. `more` are further names, in any case. */
export function isSecretHeader(name: string, more: readonly string[] = []): boolean {
  const lower = name.toLowerCase()
  return secretHeaders.has(lower) || more.some((other) => other.toLowerCase() === lower)
}

/** Header pairs with secrets masked: whole values of secret headers, password attributes and URL userinfo. */
export function redactHeaders(headers: readonly HeaderPair[], more: readonly string[] = []): HeaderPair[] {
  return headers.map(([name, value]) => {
    if (!isSecretHeader(name, more)) return [name, redactText(value)]
    // The scheme of an Authorization header is no secret and tells what was tried.
    const scheme = /^(basic|bearer|digest|negotiate) /i.exec(value.slice(0, 20))?.[0] ?? ''
    return [name, scheme + mask]
  })
}

/** A URL without its userinfo, and with secret query parameters masked. Text that is not a URL is redacted as text. */
export function redactUrl(url: string): string {
  if (!url.includes('@') && !url.includes('?')) return url
  return redactQuery(redactUserinfo(url))
}

/**
 * A body or other text with its secrets masked: values of JSON keys and form fields named like a secret,
 * OCCI attributes named like one, and userinfo in URLs. Linear in its length.
 */
export function redactText(text: string): string {
  return redactUserinfo(maskNamed(text))
}

/** Whether a name of a JSON key, form field or attribute stands for a secret: `password`, `org.x.admin_pwd`. */
export function isSecretName(name: string): boolean {
  const last = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1).toLowerCase()
  return secretName.test(last)
}

/**
 * Start-up scripts (user data) hold passwords more often than not.
 * `id` under a token object is one as well (Keystone 2), but ids are everywhere and not secret; Keystone's
 * token answers come through the header X-Subject-Token or `access.token.id`, which secretSpans knows.
 */
const secretName =
  /^(.{0,40}[_-])?(password|passwd|passphrase|passcode|secret|token|pwd|adminpass|access_?key|private_?key|api_?key|otp|user_?data|credential_secret|client_secret|refresh_token|access_token|id_token|subject_token|device_code|code_verifier)$/

/** A part of a text that is the value of something named like a secret. */
export interface SecretSpan {
  readonly start: number
  readonly stop: number
  readonly name: string
}

/** Where the secrets of a text are, in order, not overlapping. Linear in its length. */
export function secretSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = []
  let past = 0
  let inToken = -1
  for (const match of text.matchAll(named)) {
    const name = match[1] ?? ''
    const at = match.index + match[0].length
    if (at <= past) continue
    const opensObject = /^\s{0,20}\{/.test(text.slice(at, at + 24))
    if (name === 'token' && opensObject) inToken = at
    const keystoneId = name === 'id' && inToken >= 0 && at - inToken < 2000
    if (keystoneId) inToken = -1
    if (opensObject || !(keystoneId || isSecretName(name))) continue
    const { start, stop } = valueEnd(text, at)
    if (stop <= start) continue
    spans.push({ start, stop, name: keystoneId ? 'token' : name })
    past = stop
  }
  return spans
}

function maskNamed(text: string): string {
  const spans = secretSpans(text)
  let out = ''
  let kept = 0
  for (const { start, stop } of spans) {
    out += text.slice(kept, start) + mask
    kept = stop
  }
  return kept === 0 ? text : out + text.slice(kept)
}

/** A name followed by `=` or `:`, quoted or not, also with escaped quotes. */
const named = /([A-Za-z0-9_.-]{1,100})(?:\\?")?\s{0,20}[=:]\s{0,20}/g

/** Where the value that begins here starts and stops: within its quotes, or up to a separator. */
function valueEnd(text: string, at: number): { start: number; stop: number } {
  const escaped = text.startsWith('\\"', at)
  if (escaped || text[at] === '"') {
    const start = at + (escaped ? 2 : 1)
    const close = escaped ? text.indexOf('\\"', start) : closingQuote(text, start)
    return { start, stop: close < 0 ? text.length : close }
  }
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

/** Space, line ends, and , ; & } ] */
const separators = new Set([0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3b, 0x26, 0x7d, 0x5d])

function redactUserinfo(text: string): string {
  let out = ''
  let kept = 0
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    let end = at + 3
    let user = -1
    // The authority ends at the first of / ? # or what cannot stand in a URL; userinfo ends at its last @.
    for (; end < text.length && !/[/?#\s"'<>\\]/.test(text.charAt(end)); end += 1) {
      if (text.charCodeAt(end) === 0x40) user = end
    }
    if (user < 0) continue
    out += `${text.slice(kept, at + 3)}${mask}`
    kept = user
  }
  return kept === 0 ? text : out + text.slice(kept)
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
