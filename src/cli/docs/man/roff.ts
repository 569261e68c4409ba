/** The macros of man(7) that the pages use. The output is ASCII, for groff and mandoc. */

interface PageHead {
  /** `occi-compute`. */
  readonly name: string
  readonly section: 1 | 7
  readonly summary: string
  readonly version: string
}

/**
 * The title and the NAME section, which `apropos` reads. Hyphenation is disabled, so that options and
 * identifiers can be copied.
 */
export function pageHead(page: PageHead): string {
  const title = page.name.toUpperCase()
  return `.\\" Generated from the command definitions: occi __docs. Do not edit.
.TH ${quote(title)} ${page.section} "" ${quote(`occi ${page.version}`)} "OCCI command line"
.nh
.ad l
.SH NAME
${text(page.name)} \\- ${text(page.summary)}
`
}

export function section(title: string, body: string): string {
  return body === '' ? '' : `.SH ${quote(title.toUpperCase())}\n${body}`
}

export function subsection(title: string, body: string): string {
  return `.SS ${quote(title)}\n${body}`
}

export function paragraph(words: string): string {
  return `.PP\n${lines(words)}\n`
}

/** A bold term with an indented explanation. */
export function item(term: string, explanation: string): string {
  return `.TP\n${bold(term)}\n${lines(explanation)}\n`
}

/** Preformatted text. */
export function example(block: string): string {
  const lines = block.split('\n').map(lineStart)
  return `.PP\n.RS 4\n.EX\n${lines.join('\n')}\n.EE\n.RE\n`
}

export function bold(words: string): string {
  return `\\fB${text(words)}\\fR`
}

/** `occi-compute(1)`. */
export function reference(name: string, number: number): string {
  return `\\fB${text(name)}\\fR(${number})`
}

/** One line of running text. Hyphens are escaped, so that options can be copied from the page. */
export function text(words: string): string {
  let escaped = ''
  for (const character of words.replace(/\s+/g, ' ')) escaped += escapeCharacter(character)
  return escaped
}

function lines(words: string): string {
  return lineStart(words.replace(/\s+/g, ' ').trim())
}

/** Escapes a dot or apostrophe at the start of a line, which roff would read as a request. */
function lineStart(line: string): string {
  let escaped = ''
  for (const character of line) escaped += escapeCharacter(character)
  return /^[.']/.test(line) ? `\\&${escaped}` : escaped
}

function escapeCharacter(character: string): string {
  const escaped = escapes[character]
  if (escaped !== undefined) return escaped
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? character : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`
}

/** Escapes of characters that groff would interpret or replace by typographic variants. */
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  "'": '\\(aq',
}

function quote(words: string): string {
  return `"${text(words).replaceAll('"', '\\(dq')}"`
}
