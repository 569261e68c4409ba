/** Lays out headings, paragraphs and two-column lists for help texts. */
import { type OptionDeclaration, optionLabel } from '../options/declaration.js'
import { displayWidth, type Paint } from '../output/index.js'

/** How help texts are laid out, and the plugins that they list. */
export interface HelpLayout {
  readonly paint: Paint
  /** Columns of the terminal; undefined in a pipe. */
  readonly width: number | undefined
  /** Returns the names of plugins, for the list of plugins at the end of the help. */
  readonly plugins?: (() => Promise<readonly string[]>) | undefined
}

export function heading(text: string, page: HelpLayout): string {
  return page.paint('heading', text)
}

interface EntriesLayout {
  /** In terminal columns. The text of a longer label begins on the next line. */
  readonly maxLabelWidth: number
  /** Whether long texts are wrapped. Commands are not, so that they can be copied. */
  readonly wraps: boolean
}

/** A list with two columns: labels and texts. */
export function entriesText(
  entries: readonly (readonly [label: string, text: string])[],
  page: HelpLayout,
  { maxLabelWidth, wraps }: EntriesLayout = { maxLabelWidth: 28, wraps: true },
): string {
  const widest = entries.reduce((most, [label]) => Math.max(most, displayWidth(label)), 0)
  const labelWidth = Math.min(widest, maxLabelWidth)
  // Two columns before the labels, and two between labels and texts.
  const nextLine = `\n${' '.repeat(labelWidth + 4)}`
  return entries
    .map(([label, text]) => {
      const lines = wraps ? wrap(text, textWidth(page) - labelWidth - 4) : [text]
      const padding = labelWidth - displayWidth(label)
      const gap = padding < 0 ? nextLine : ' '.repeat(padding + 2)
      return `  ${label}${gap}${lines.join(nextLine)}`.trimEnd()
    })
    .concat('')
    .join('\n')
}

export function optionsText(options: readonly OptionDeclaration[], page: HelpLayout): string {
  return entriesText(options.map(optionEntry), page)
}

export function optionEntry(option: OptionDeclaration): readonly [term: string, description: string] {
  const letter = option.short === undefined ? '    ' : `-${option.short}, `
  return [`${letter}${optionLabel(option)}`, optionDescription(option)]
}

function optionDescription(option: OptionDeclaration): string {
  const allChoices = option.choices === undefined ? '' : `: ${option.choices.join(', ')}`
  const repeat = option.repeatable === true ? ' (repeatable)' : ''
  const defaultText = option.default === undefined ? '' : ` [${option.default}]`
  const choicesText =
    option.choices?.every((choice) => option.description.includes(choice)) === true ? '' : allChoices
  return `${option.description}${choicesText}${repeat}${defaultText}`
}

/** Wraps paragraphs, which are separated by empty lines. Indented paragraphs are unchanged. */
export function paragraphs(text: string, page: HelpLayout): string {
  return text
    .trim()
    .split('\n\n')
    .map((paragraph) =>
      paragraph.startsWith('  ')
        ? paragraph
        : wrap(paragraph.replaceAll('\n', ' '), textWidth(page)).join('\n'),
    )
    .join('\n\n')
    .concat('\n')
}

/** The width of help texts in columns: that of the terminal, within limits. */
export function textWidth(page: HelpLayout): number {
  return Math.max(40, Math.min(page.width ?? 80, 100))
}

/**
 * Breaks a text between words. Unlike wrap() of output/width.ts, it never breaks a long word (an option, a path), which
 * users copy, and it needs no segmentation for ASCII text, so that --help loads less code.
 */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > Math.max(20, width)) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
