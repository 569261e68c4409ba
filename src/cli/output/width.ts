/** Measures, truncates and wraps text by its width on a terminal (Unicode TR11; TR51 for emoji). */
import { createOnce } from '../../basics/create-once.js'

/** The number of terminal columns that a text occupies. The text must not contain escape sequences. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length
  let width = 0
  if (!patterns().composed.test(text)) {
    for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0)
    return width
  }
  for (const { segment } of graphemes().segment(text)) width += graphemeWidth(segment)
  return width
}

/** Truncates to at most `width` columns and appends `…`; never splits a character. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  return width < 1 ? '' : `${prefixOfWidth(text, width - 1)}…`
}

/**
 * Breaks a line into lines of at most `width` columns: at a space if possible, otherwise anywhere. A URL at the
 * beginning of a line is kept whole, even if it is wider.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let remaining = text
  for (;;) {
    // A character that is wider than the line gets a separate line.
    const head = prefixOfWidth(remaining, width) || String.fromCodePoint(remaining.codePointAt(0) ?? 0)
    if (head.length >= remaining.length) break
    const space = remaining[head.length] === ' ' ? head.length : head.lastIndexOf(' ')
    const end = space > 0 ? space : lineEndWithoutSpace(remaining, head)
    if (end >= remaining.length) break
    lines.push(remaining.slice(0, end))
    remaining = remaining.slice(end).trimStart()
  }
  lines.push(remaining)
  return lines
}

/**
 * Wraps each line of a text by words. Continuation lines are indented. A line with an indented command is not wrapped,
 * so that the command can be copied.
 */
export function wrapLines(text: string, width: number | undefined): string {
  if (width === undefined) return text
  return text
    .split('\n')
    .flatMap((line) => {
      if (/^ {2}occi /.test(line)) return [line]
      const indent = ' '.repeat(line.length - line.trimStart().length || 2)
      const [firstLine = ''] = wrap(line, width)
      if (firstLine === line) return [line]
      const remaining = line.slice(firstLine.length).trimStart()
      return [
        firstLine,
        ...wrap(remaining, width - indent.length).map((continuation) => indent + continuation),
      ]
    })
    .join('\n')
}

/**
 * Returns where to break a text whose first line, `head`, has no space: after `head`, or after the URL at the
 * beginning, which is kept whole so that it can be copied.
 */
function lineEndWithoutSpace(text: string, head: string): number {
  const [match] = / |:\/\//.exec(text.slice(0, head.length + maxUrlSearch)) ?? []
  if (match !== '://') return head.length
  const space = text.indexOf(' ')
  return space < 0 ? text.length : space
}

/** Characters after `head` in which a URL is searched. The limit keeps the time for a long word linear. */
const maxUrlSearch = 2000

/** The longest prefix that fits the width. The time depends on the width and not on the length of the text. */
function prefixOfWidth(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text
  for (let size = 4 * width + 16; ; size *= 2) {
    const window = text.slice(0, size)
    if (printableAscii.test(window)) return text.slice(0, width)
    let usedWidth = 0
    let isComplete = window.length === text.length
    let end = 0
    for (const { segment, index } of graphemes().segment(window)) {
      usedWidth += graphemeWidth(segment)
      if (usedWidth > width) {
        // The last character of the window may be incomplete; then a larger window is tried.
        isComplete ||= index + segment.length < window.length
        break
      }
      end = index + segment.length
    }
    if (isComplete) return text.slice(0, end)
  }
}

const printableAscii = /^[\x20-\x7e]*$/
/** Compiled on first use: most lists are plain ASCII, and compiling Unicode properties takes a millisecond. */
const patterns = createOnce(() => ({
  /**
   * Characters that may combine with others, including Hangul letters and skin tones. Only text that contains
   * them is segmented.
   */
  composed:
    /[\p{M}\p{Cf}\p{Cc}\p{Extended_Pictographic}\p{RI}\p{EMod}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7ff]/u,
  /**
   * Letters that join the previous one but still take a column: vowels of Thai and Lao, voicing marks of
   * Katakana.
   */
  joining: /[\u0e33\u0eb3\uff9e\uff9f]/,
  emoji: /^\p{Emoji_Presentation}|^\p{Extended_Pictographic}\ufe0f|^\p{RI}\p{RI}/u,
  invisible: /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u,
}))
const graphemes = createOnce(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

function graphemeWidth(grapheme: string): number {
  const { emoji, invisible, joining } = patterns()
  if (invisible.test(grapheme)) return 0
  if (emoji.test(grapheme)) return 2
  const [first = '', ...continuations] = grapheme
  return (
    characterWidth(first.codePointAt(0) ?? 0) +
    continuations.filter((character) => joining.test(character)).length
  )
}

function characterWidth(code: number): number {
  return code >= 0x1100 && isWide(code) ? 2 : 1
}

/** East Asian Width W and F, except emoji, which have their own Unicode property. */
const wideRanges: readonly (readonly [from: number, to: number])[] = [
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
  return wideRanges.some(([from, to]) => code >= from && code <= to)
}
