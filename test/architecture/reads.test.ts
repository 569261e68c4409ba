import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Whoever reads a file does it by src/files/read.ts, which bounds memory and time. Each exception stands here with its
 * reason, and with the number of places, so that a further one is looked at, too.
 */
const exceptions: Readonly<Record<string, readonly [places: number, reason: string]>> = {
  'src/files/read.ts': [7, 'the one reader: opens without blocking, looks at what it is, then reads'],
  'src/files/write.ts': [2, 'opens for writing: its own new file, and a folder to sync it'],
  'src/files/lock.ts': [1, 'makes the lock (wx)'],
  'src/files/append.ts': [1, 'opens for appending'],
  'src/config/journal.ts': [2, 'its own read()'],
  'src/cli/completion/request.ts': [1, 'opens the terminal to see whether there is one'],
  'src/cli/runtime/recording.ts': [1, 'opens the file of --record for writing'],
  'bin/occi': [
    7,
    'before anything is loaded: package.json and the bundle beside it, and its own cache, opened without blocking',
  ],
  'bin/bundle.mjs': [7, 'builds the program from its sources; no user runs it'],
  'bin/library.mjs': [1, 'builds the library from its sources; no user runs it'],
}

const reads =
  /\b(?:readFile|readFileSync|createReadStream|openSync|readSync|opendir|openAsBlob)\(|(?<![.\w#])open\(|(?<![.\w])read\(/g

const root = resolve(import.meta.dirname, '../..')

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sources(path) : [path]
  })
}

/** Calls of what node:fs exports, in files that import it; calls of `context.readFile` go to src/files. */
function placesIn(text: string): number {
  const imported = /from 'node:fs(?:\/promises)?'|require\('node:fs'\)|getBuiltinModule\('node:fs/.test(text)
  if (!imported) return 0
  return text.split('\n').filter((line) => !/^\s*(\/?\*|\/\/)/.test(line) && line.match(reads) !== null)
    .length
}

describe('reading files', () => {
  const found = new Map(
    [...sources(join(root, 'src')), ...sources(join(root, 'bin'))].map((path) => [
      relative(root, path),
      placesIn(readFileSync(path, 'utf8')),
    ]),
  )

  it('only src/files reads files, except for listed files', () => {
    const direct = Object.fromEntries([...found].filter(([, count]) => count > 0))
    const expected = Object.fromEntries(
      Object.entries(exceptions).flatMap(([path, [count]]) => (count === 0 ? [] : [[path, count]])),
    )
    expect(direct).toEqual(expected)
  })

  it('the exceptions are files that exist', () => {
    expect(Object.keys(exceptions).filter((path) => !found.has(path))).toEqual([])
  })
})
