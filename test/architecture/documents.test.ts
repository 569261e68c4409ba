/** Documents name only files that exist, and every room. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const listed = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
  join('src', path),
)
const documents = [
  ...listed.filter((path) => path.endsWith('.md')),
  '.github/CONTRIBUTING.md',
  '.github/CHANGELOG.md',
  '.github/SECURITY.md',
  'README.md',
]

/** Every word of the sources and tests. */
const words = new Set(
  [
    ...listed,
    ...readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map((path) =>
      join('test', path),
    ),
  ]
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => readFileSync(join(root, path), 'utf8').match(/[A-Za-z_]\w*/g) ?? []),
)

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

/** Code spans that are names of functions or types: `readMessage`, `CommandContext`, `facts.sent`. */
function namedSymbols(text: string): string[] {
  return [...text.matchAll(/`([A-Za-z][\w.]*)(?:\([^`]*\))?`/g)]
    .flatMap((match) => match[1]?.split('.') ?? [])
    .filter((name) => /[a-z][A-Z]/.test(name) && !name.includes('NAME'))
}

function links(document: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !target.startsWith('http'))
    .map((target) => join(dirname(document), target))
}

describe.each(documents)('%s', (document) => {
  const text = read(document)

  it('the document names only paths that exist', () => {
    const missing = namedPaths(text).filter(
      (path) =>
        !existsSync(join(root, path)) && !existsSync(join(root, 'src', path)) && !entryPoints.has(path),
    )
    expect(missing).toEqual([])
  })

  it('the document names only functions and types that exist', () => {
    // The changelog also names what is gone.
    const missing = document.endsWith('CHANGELOG.md')
      ? []
      : namedSymbols(text).filter((name) => !words.has(name))
    expect(missing).toEqual([])
  })

  it('the document links only to files that exist', () => {
    expect(links(document, text).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('src/README.md', () => {
  it('src/README.md describes every room', () => {
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
