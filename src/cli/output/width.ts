/** How many columns of a terminal a text takes (Unicode TR11, emoji by TR51). No escapes are expected in it. */

export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  if (!marks().composed.test(text)) {
    for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0)
    return width
  }
  for (const { segment } of graphemes().segment(text)) width += graphemeWidth(segment)
  return width
}

/** Cuts to at most `width` columns, with `…` in place of what is gone; never through a character. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  return width < 1 ? '' : `${start(text, width - 1)}…`
}

/** Breaks one line into lines of at most `width` columns: after a space where there is one, else anywhere. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  for (;;) {
    // A character that is wider than the line stands alone.
    const head = start(rest, width) || String.fromCodePoint(rest.codePointAt(0) ?? 0)
    if (head.length >= rest.length) break
    const space = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ')
    const cut = space > 0 ? space : wholeUrl(rest, head)
    if (cut >= rest.length) break
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut).trimStart()
  }
  lines.push(rest)
  return lines
}

/** Where a line ends that has no space. A URL is for copying: it is left whole, and the terminal goes on in its next line. */
function wholeUrl(rest: string, head: string): number {
  const [found] = / |:\/\//.exec(rest.slice(0, head.length + longestBeforeUrl)) ?? []
  if (found !== '://') return head.length
  const end = rest.indexOf(' ')
  return end < 0 ? rest.length : end
}

/** Characters; a limit, so that a long word is not searched for each of its lines. */
const longestBeforeUrl = 2000

/** As much of the beginning as fits. Takes time for what fits only, not for the whole text. */
function start(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text
  for (let size = 4 * width + 16; ; size *= 2) {
    const window = text.slice(0, size)
    if (plain.test(window)) return text.slice(0, width)
    let used = 0
    let isSure = window.length === text.length
    let end = 0
    for (const { segment, index } of graphemes().segment(window)) {
      used += graphemeWidth(segment)
      // The last character of the window may go on behind it.
      if (used > width) isSure ||= index + segment.length < window.length
      if (used > width) break
      end = index + segment.length
    }
    if (isSure) return text.slice(0, end)
  }
}

const plain = /^[\x20-\x7e]*$/
/** These are made on first use: most lists are plain ASCII, and properties of Unicode take a millisecond. */
const marks = lazily(() => ({
  /** Several characters may make one: only then are they looked at in groups. Includes Hangul letters, skin tones. */
  composed:
    /[\p{M}\p{Cf}\p{Cc}\p{Extended_Pictographic}\p{RI}\p{EMod}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7ff]/u,
  /** Letters that join the one before them and still take a column: vowels of Thai and Lao, voiced marks of Katakana. */
  joining: /[\u0e33\u0eb3\uff9e\uff9f]/,
  emoji: /^\p{Emoji_Presentation}|^\p{Extended_Pictographic}\ufe0f|^\p{RI}\p{RI}/u,
  invisible: /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u,
}))
const graphemes = lazily(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function graphemeWidth(grapheme: string): number {
  const { emoji, invisible, joining } = marks()
  if (invisible.test(grapheme)) return 0
  if (emoji.test(grapheme)) return 2
  const [, ...rest] = grapheme
  return (
    characterWidth(grapheme.codePointAt(0) ?? 0) + rest.filter((character) => joining.test(character)).length
  )
}

function characterWidth(code: number): number {
  return code >= 0x1100 && isWide(code) ? 2 : 1
}

/** East Asian Width W and F, without the emoji, which are found by their property. */
const wide: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]

function isWide(code: number): boolean {
  return wide.some(([from, to]) => code >= from && code <= to)
}
