/** Colours and cursor movements come from one file; packages of the terminal are loaded in one place each. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = join(import.meta.dirname, '../../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    name: relative('.', name).replaceAll('\\', '/'),
    text: readFileSync(join(src, name), 'utf8'),
  }))

const theme = 'cli/output/theme.ts'

/** An escape or CSI character in any spelling of a string or template, and what makes styled text by itself. */
const escapeSequence =
  /\\x1b|\\x9b|\\u001b|\\u009b|\\u\{0*1b\}|\\u\{0*9b\}|\\033|\\e\[|\x1b|\x9b|fromCharCode\((27|0x1b)\)|styleText/i

describe('the theme', () => {
  it('the theme is the only source file that writes escape sequences', () => {
    const found = files.filter(({ text }) => escapeSequence.test(text)).map(({ name }) => name)
    // What rOCCI prints escapes this character in dumps of Ruby: it is read there, never written.
    expect(found.sort()).toEqual([theme, 'cli/rocci/dump.ts'].sort())
    const dump = files.find(({ name }) => name === 'cli/rocci/dump.ts')?.text ?? ''
    expect(dump.match(new RegExp(escapeSequence, 'gi'))).toEqual(['\\x1b'])
  })

  it('the search finds each spelling of an escape sequence', () => {
    for (const text of ["'\\x1b[1m'", "'\\u001B[1m'", '`\\u{1b}[K`', "'\\x9b2J'", '\x1b[1m']) {
      expect(escapeSequence.test(text)).toBe(true)
    }
  })
})

describe('a package of the terminal', () => {
  it.each([
    ['chalk', theme],
    ['cli-table3', 'cli/output/table-layout.ts'],
    ['ora', 'cli/progress.ts'],
    ['@clack/prompts', 'cli/prompts.ts'],
  ])('the package %s is imported by %s alone', (name, place) => {
    const imported = new RegExp(`(from|import\\()\\s*'${name}'`)
    expect(files.filter(({ text }) => imported.test(text)).map((file) => file.name)).toEqual([place])
  })
})
