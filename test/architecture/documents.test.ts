/** The documents for contributors name only files that exist, and every room. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const documents = [
  'src/README.md',
  'src/client/quirks/README.md',
  '.github/CONTRIBUTING.md',
  '.github/CHANGELOG.md',
  '.github/SECURITY.md',
  'src/SECURITY-MODEL.md',
]

/** What users import: `occi-cli/testing`. */
const entryPoints = new Set(
  Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object }).exports,
  ).map((name) => join('occi-cli', name)),
)

function read(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

/** Paths in code spans, read from the repository's root or from src/; those of new files hold NAME. */
function namedPaths(text: string): string[] {
  return [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => !path.includes('NAME') && !/^(?:dist|occi-cli|text|application)\//.test(path))
}

function links(document: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !target.startsWith('http'))
    .map((target) => join(dirname(document), target))
}

describe.each(documents)('%s', (document) => {
  const text = read(document)

  it('names only paths that exist', () => {
    const missing = namedPaths(text).filter(
      (path) =>
        !existsSync(join(root, path)) && !existsSync(join(root, 'src', path)) && !entryPoints.has(path),
    )
    expect(missing).toEqual([])
  })

  it('links only to files that exist', () => {
    expect(links(document, text).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('src/README.md', () => {
  it('describes every room', () => {
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    const text = read('src/README.md')
    expect(rooms.map(({ name }) => name).filter((name) => !text.includes(`| [${name}](`))).toEqual([])
    const ofCli = readdirSync(join(root, 'src/cli'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    expect(ofCli.map(({ name }) => name).filter((name) => !text.includes(`[cli/${name}](`))).toEqual([])
  })
})
