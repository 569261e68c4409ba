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

/** For a line that a program reads: as sanitize, but joiners stay, which Persian names and joined emoji need. */
export function sanitizeLine(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(unsafeAll, (character) =>
    character === '\u200c' || character === '\u200d' ? character : escapeCharacter(character),
  )
}

/** For tab-separated text: as sanitizeLine, with `\` doubled, so that what was written can be read back. */
export function sanitizeField(text: string): string {
  return sanitizeLine(text.includes('\\') ? text.replaceAll('\\', '\\\\') : text)
}

/** JSON text with the characters escaped that JSON.stringify lets through. */
export function sanitizeJson(json: string): string {
  return unsafe.test(json) ? json.replace(unsafeAll, escapeJson) : json
}

/** Whether sanitize would change it. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text)
}

/*
 * C0 and C1 controls, DEL; line and paragraph separators, interlinear annotation; halves of surrogate pairs;
 * and what Unicode calls Default_Ignorable_Code_Point: characters that nobody sees, by which two names look
 * alike or text is smuggled past its reader (directions, joiners, zero-width space, fillers, variation selectors,
 * tags). The selectors U+FE0E and U+FE0F stay: they choose between two forms of an emoji.
 */
const set = [
  '\\u0000-\\u001f\\u007f-\\u009f',
  '\\u2028\\u2029\\ufff9-\\ufffb',
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f',
  '\\u3164\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufff8',
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}',
].join('')
const pattern = `[${set}]|\\p{Cs}`
const unsafe = new RegExp(pattern, 'u')
const unsafeAll = new RegExp(pattern, 'gu')

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCharacter(character: string): string {
  if (character.length > 1) return escapeUnits(character)
  const code = character.charCodeAt(0)
  return short[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
}

/** Line breaks of pretty-printed JSON are not text of the provider: those within strings are escaped already. */
function escapeJson(character: string): string {
  return character === '\n' ? character : escapeUnits(character)
}

/** As JSON and most languages read them: two for what lies beyond U+FFFF. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
    .join('')
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
