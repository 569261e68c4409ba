/**
 * Shows a help topic that is written in Markdown (cookbook.md and others). Such a topic is a document that people
 * read in the repository, and that tests take their commands from.
 */
import { entriesText, heading, type Page, paragraphs } from './layout.js'

/** What these documents use of Markdown: headings, paragraphs, fenced code, tables, links and code spans. */
export function documentText(markdown: string, page: Page): string {
  return `${blocksOf(markdown)
    .map((lines) => blockText(lines, page).trimEnd())
    .filter((text) => text !== '')
    .join('\n\n')}\n`
}

/** Blocks are separated by empty lines, except inside fenced code. */
function blocksOf(markdown: string): readonly (readonly string[])[] {
  const blocks: string[][] = []
  let open: string[] = []
  let fenced = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    if (line !== '' || fenced) open.push(line)
    if (line === '' && !fenced) {
      blocks.push(open)
      open = []
    }
  }
  return [...blocks, open]
}

function blockText(lines: readonly string[], page: Page): string {
  const [first = '', ...rest] = lines
  // A comment tells the tests how to run the code below it.
  if (first.startsWith('<!--')) return blockText(rest, page)
  if (first.startsWith('```')) return rest.slice(0, -1).map(indented).join('\n')
  if (first.startsWith('|')) return tableText(rows(lines), page)
  // The title of the whole document is the summary of the topic.
  if (first.startsWith('# ')) return ''
  if (first.startsWith('#')) return heading(`${first.replace(/^#+ /, '')}:`, page)
  return paragraphs(plain(lines.join(' ')), page)
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

function rows(lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
}

function tableText([header = [], ...body]: readonly (readonly string[])[], page: Page): string {
  // A table of commands beside commands.
  if (header.length === 2 && body.flat().every(isCode))
    return entriesText(body.map(commandPair), page, { maxLabelWidth: 34, wraps: false })
  const described = (cells: readonly string[]) =>
    cells.map((cell, at) => (cells.length === 1 ? cell : `${header[at + 1]}: ${cell}`)).join('; ')
  return entriesText(
    body.map(([label = '', ...cells]) => [plain(label), plain(described(cells))]),
    page,
  )
}

const code = /^`([^`]*)`$/

function isCode(cell: string): boolean {
  return code.test(cell)
}

function commandPair([left = '', right = '']: readonly string[]): readonly [string, string] {
  return [left.replace(code, '$1'), right.replace(code, '$1')]
}

/** Code of several words is quoted as it is in the other topics; a single word needs no quotes. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`([^`]*)`/g, (_, words: string) =>
      /[\s]/.test(words) && !words.includes('"') ? `"${words}"` : words,
    )
}
