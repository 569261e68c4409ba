/** No comment and no test title cites what a reader of this repository cannot open. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|cjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

const files = [...sources('src'), ...sources('test'), ...sources('bin')]
const pages = new Set(
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.md') && !path.startsWith('node_modules') && !path.startsWith('.git/'),
  ),
)

/** Line comments, block comments, and the titles of tests: the places where sources are cited. */
function citing(text: string): string[] {
  return [
    ...text.matchAll(/\/\*[\s\S]*?\*\/|(?:^|\s)\/\/[^\n]*|\b(?:it|describe)(?:\.\w+)*\(\s*(['"`]).*?\1/g),
  ].map((match) => match[0])
}

const observations = new Set(
  [
    ...readFileSync(join(root, 'src/client/quirks/README.md'), 'utf8').matchAll(/^\| ([A-Za-z\d-]+\d) \|/gm),
  ].map((match) => match[1]),
)

/** Keys of `[word, pattern]`: each match must satisfy the check. */
function unresolved(passage: string): string[] {
  const documents = [...passage.matchAll(/[\w./-]+\.md\b/g)]
    .map((match) => match[0].replace(/^\.\//, ''))
    .filter((name) => ![...pages].some((page) => page === name || page.endsWith(`/${name}`)))
  const numbers = [...passage.matchAll(/\b(?:[QM]\d+|E\d{1,2}|(?:ooi|rocci1|rocci2)-\d+)\b/g)]
    .map((match) => match[0])
    .filter((number) => !observations.has(number))
  const modules = [...passage.matchAll(/(?<![\w./@-])(?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|cjs)\b/g)]
    .map((match) => match[0])
    .filter(
      (path) =>
        !/NAME|^dist\//.test(path) &&
        !existsSync(join(root, path)) &&
        !files.some((file) => file.endsWith(`/${path}`)),
    )
  // A bare section number says nothing: the document must be named in the same comment.
  const sections =
    passage.includes('§') && !/GFD\.\d+|RFC \d+|OpenID Connect|\.md/.test(passage)
      ? ['§ without a document']
      : []
  return [...documents, ...numbers, ...modules, ...sections]
}

describe('citations', () => {
  it('the README of the quirks numbers the observations of each server', () => {
    expect(observations.size).toBeGreaterThan(100)
  })

  it.each(files)('citations in %s lead to a document of the repository or a public one', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(
      citing(text).flatMap((passage) =>
        unresolved(passage).map((what) => `${what}: ${passage.slice(0, 100)}`),
      ),
    ).toEqual([])
  })
})
