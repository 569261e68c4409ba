/**
 * Converts help topics that are written in Markdown (cookbook.md and others) to plain text. Markdown lets people read
 * them in the repository, and tests run their commands.
 */
import { entriesText, type HelpLayout, heading, paragraphs } from './layout.js'

/** Supports the Markdown that the topics use: headings, paragraphs, fenced code, tables, links and code spans. */
export function documentText(markdown: string, page: HelpLayout): string {
  return `${blocksOf(markdown)
    .map((lines) => blockText(lines, page).trimEnd())
    .filter((text) => text !== '')
    .join('\n\n')}\n`
}

/** The blocks of a document, which are separated by empty lines except inside fenced code. */
function blocksOf(markdown: string): readonly (readonly string[])[] {
  const blocks: string[][] = []
  let block: string[] = []
  let isInFence = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isInFence = !isInFence
    if (line !== '' || isInFence) block.push(line)
    if (line === '' && !isInFence) {
      blocks.push(block)
      block = []
    }
  }
  return [...blocks, block]
}

function blockText(lines: readonly string[], page: HelpLayout): string {
  const [firstLine = '', ...otherLines] = lines
  // A comment tells the tests how to run the code below it.
  if (firstLine.startsWith('<!--')) return blockText(otherLines, page)
  if (firstLine.startsWith('```')) return otherLines.slice(0, -1).map(indentLine).join('\n')
  if (firstLine.startsWith('|')) return tableText(tableRows(lines), page)
  // The title of the whole document is the summary of the topic.
  if (firstLine.startsWith('# ')) return ''
  if (firstLine.startsWith('#')) return heading(`${firstLine.replace(/^#+ /, '')}:`, page)
  return paragraphs(withoutMarkup(lines.join(' ')), page)
}

function indentLine(line: string): string {
  return line === '' ? '' : `  ${line}`
}

function tableRows(lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
}

function tableText([header = [], ...body]: readonly (readonly string[])[], page: HelpLayout): string {
  // A table of commands and their equivalents.
  if (header.length === 2 && body.flat().every(isCodeSpan))
    return entriesText(body.map(commandPair), page, { maxLabelWidth: 34, wraps: false })
  const cellsWithHeadings = (cells: readonly string[]) =>
    cells.map((cell, index) => (cells.length === 1 ? cell : `${header[index + 1]}: ${cell}`)).join('; ')
  return entriesText(
    body.map(([label = '', ...cells]) => [withoutMarkup(label), withoutMarkup(cellsWithHeadings(cells))]),
    page,
  )
}

const codeSpan = /^`([^`]*)`$/

function isCodeSpan(cell: string): boolean {
  return codeSpan.test(cell)
}

function commandPair([left = '', right = '']: readonly string[]): readonly [string, string] {
  return [left.replace(codeSpan, '$1'), right.replace(codeSpan, '$1')]
}

/** Removes the markup of links and code spans. Code of several words is put in quotes, as in the other topics. */
function withoutMarkup(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`([^`]*)`/g, (_, words: string) =>
      /[\s]/.test(words) && !words.includes('"') ? `"${words}"` : words,
    )
}
