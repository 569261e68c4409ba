import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Who may import whom. A room may always import itself. */
const allowed: Record<string, readonly string[]> = {
  basics: [],
  errors: [],
  files: ['basics', 'errors'],
  model: ['basics', 'errors'],
  rendering: ['basics', 'errors', 'model'],
  transport: ['basics', 'errors'],
  settings: ['errors'],
  auth: ['basics', 'errors', 'files', 'settings', 'transport'],
  client: ['basics', 'errors', 'model', 'rendering', 'transport', 'auth'],
  federation: ['basics', 'errors', 'model', 'client'],
  sandbox: ['basics', 'errors', 'files', 'model', 'rendering'],
  stack: ['basics', 'errors', 'files', 'model', 'client'],
  config: ['basics', 'errors', 'files', 'settings'],
  testing: ['basics', 'errors', 'transport'],
  cli: [
    'basics',
    'errors',
    'files',
    'settings',
    'model',
    'rendering',
    'transport',
    'auth',
    'client',
    'federation',
    'stack',
    'sandbox',
    'config',
    'index.ts',
  ],
  'index.ts': ['basics', 'errors', 'model', 'rendering', 'transport', 'auth', 'client', 'federation'],
}

/** Rooms that must run anywhere: nothing from Node, no package. */
const pure = ['basics', 'model', 'rendering', 'errors', 'settings']
/** Packages that a pure room may load, each with the reason beside it in the code. */
const pureExceptions: Record<string, readonly string[]> = { model: ['re2js'] }

const src = resolve(import.meta.dirname, '../../src')

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

function imports(text: string): string[] {
  const found: string[] = []
  for (const match of text.matchAll(/(?:\bfrom|\bimport\(|^\s*import)\s*['"]([^'"]+)['"]/gm)) {
    if (match[1] !== undefined) found.push(match[1])
  }
  return found
}

function room(path: string): string {
  return relative(src, path).split(sep)[0] ?? ''
}

const files = sources(src)

describe('import directions', () => {
  it('the imports test finds the sources', () => {
    expect(files.length).toBeGreaterThan(10)
  })

  it('each room has a rule for its imports', () => {
    const rooms = new Set(files.map(room))
    expect([...rooms].filter((name) => allowed[name] === undefined)).toEqual([])
  })

  it.each(files.map((file) => [relative(src, file), file] as const))(
    '%s imports only what its rule allows',
    (_, file) => {
      const own = room(file)
      const wrong: string[] = []
      for (const target of imports(readFileSync(file, 'utf8'))) {
        if (target.startsWith('.')) {
          const other = room(resolve(dirname(file), target)).replace(/\.js$/, '.ts')
          if (other !== own && !(allowed[own] ?? []).includes(other)) wrong.push(target)
        } else if (pure.includes(own) && !(pureExceptions[own] ?? []).includes(target)) {
          wrong.push(target)
        }
      }
      expect(wrong).toEqual([])
    },
  )

  it('only the CLI uses the process', () => {
    const offenders = files.filter(
      (file) =>
        room(file) !== 'cli' &&
        /\bprocess\.(argv|env|exit|stdout|stderr|stdin)\b|(?<![\w.])console\./.test(
          readFileSync(file, 'utf8'),
        ),
    )
    expect(offenders.map((file) => relative(src, file))).toEqual([])
  })
})
