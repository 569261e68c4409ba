/**
 * Makes untrusted text safe for terminals: control characters, escape sequences and characters that change
 * the writing direction become visible escapes. Printable Unicode is kept.
 */

/** For a cell or a line: escapes all characters that move the cursor or hide text, including line breaks. */
export function sanitize(text: string): string {
  return unsafe.test(text) ? text.replace(unsafeAll, escapeCharacter) : text
}

/** Like sanitize, but keeps line breaks (CR LF becomes LF), for values with several lines. */
export function sanitizeLines(text: string): string {
  if (!unsafe.test(text)) return text
  return text.split(/\r?\n/).map(sanitize).join('\n')
}

/** For quoted CSV fields: keeps tabs and line breaks, but escapes a lone CR, which would overwrite the line. */
export function sanitizeQuoted(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(unsafeAll, (character, offset: number) =>
    /[\t\n]/.test(character) || text.startsWith('\r\n', offset) ? character : escapeCharacter(character),
  )
}

/**
 * For lines that a program reads: like sanitize, but keeps zero-width joiners, which Persian names and composed
 * emoji need.
 */
export function sanitizeKeepingJoiners(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(unsafeAll, (character) =>
    character === '\u200c' || character === '\u200d' ? character : escapeCharacter(character),
  )
}

/** For tab-separated text: like sanitizeKeepingJoiners, with `\` doubled, so that the escapes can be reversed. */
export function sanitizeField(text: string): string {
  return sanitizeKeepingJoiners(text.includes('\\') ? text.replaceAll('\\', '\\\\') : text)
}

/** Escapes the characters in JSON text that JSON.stringify leaves unescaped. */
export function sanitizeJson(json: string): string {
  return unsafe.test(json) ? json.replace(unsafeAll, escapeJson) : json
}

/** Whether sanitize would change the text. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text)
}

/**
 * C0 and C1 controls, DEL; line and paragraph separators, interlinear annotations; lone surrogates; and
 * Unicode's Default_Ignorable_Code_Point: invisible characters that can make two names look alike or hide
 * text (directions, joiners, zero-width space, fillers, variation selectors, tags). The selectors U+FE0E and
 * U+FE0F are kept, since they choose between two forms of an emoji.
 */
const unsafeRanges = [
  '\\u0000-\\u001f\\u007f-\\u009f',
  '\\u2028\\u2029\\ufff9-\\ufffb',
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f',
  '\\u3164\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufff8',
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}',
].join('')
const pattern = `[${unsafeRanges}]|\\p{Cs}`
const unsafe = new RegExp(pattern, 'u')
const unsafeAll = new RegExp(pattern, 'gu')

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  if (character.length > 1) return escapeUnits(character)
  const code = character.charCodeAt(0)
  return shortEscapes[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
}

/** Keeps line breaks, which separate the lines of indented JSON: those within strings are already escaped. */
function escapeJson(character: string): string {
  return character === '\n' ? character : escapeUnits(character)
}

/** Escapes each UTF-16 unit, as JSON and most languages require: a character beyond U+FFFF becomes two escapes. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
    .join('')
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
