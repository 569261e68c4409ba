/**
 * Text of a provider is shown, never obeyed: control characters, escape sequences and characters that
 * change the direction of writing become visible escapes. Printable Unicode stays.
 */

/** For a cell or a line: nothing that moves the cursor or hides text is left, line breaks included. */
export function sanitize(text: string): string {
  return unsafe.test(text) ? text.replace(unsafeAll, escapeCharacter) : text
}

/** Like sanitize, but keeps line breaks (CR LF becomes LF): for views in which a value may have lines. */
export function sanitizeLines(text: string): string {
  if (!unsafe.test(text)) return text
  return text.split(/\r?\n/).map(sanitize).join('\n')
}

/** Keeps tab and line breaks: for CSV, whose quotes can hold them. */
export function sanitizeQuoted(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(unsafeAll, (character) =>
    /[\t\r\n]/.test(character) ? character : escapeCharacter(character),
  )
}

/** For tab-separated text: as sanitize, with `\` doubled, so that what was written can be read back. */
export function sanitizeField(text: string): string {
  return sanitize(text.includes('\\') ? text.replaceAll('\\', '\\\\') : text)
}

/** JSON text (or a double-quoted YAML scalar) with the characters escaped that JSON.stringify lets through. */
export function sanitizeJson(json: string): string {
  return unsafe.test(json) ? json.replace(unsafeAll, escapeJson) : json
}

/** Whether sanitize would change it. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text)
}

/*
 * C0 and C1 controls, DEL; bidirectional marks, embeddings and isolates (Trojan Source); zero-width space,
 * line and paragraph separators, invisible operators, byte order mark; halves of surrogate pairs.
 * U+200C and U+200D stay: Persian and joined emoji need them.
 */
const set =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]|\\p{Cs}'
const unsafe = new RegExp(set, 'u')
const unsafeAll = new RegExp(set, 'gu')

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0)
  return short[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
}

/** Line breaks of pretty-printed JSON are not text of the provider: those within strings are escaped already. */
function escapeJson(character: string): string {
  return character === '\n' ? character : `\\u${hex(character.charCodeAt(0), 4)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
