/** What is installed with occi, and what is in its bundle, held against what src/SECURITY-MODEL.md says of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly hasInstallScript?: boolean
  readonly license?: string
  readonly resolved?: string
  readonly integrity?: string
}

const root = join(import.meta.dirname, '../..')
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const lock = (JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Locked>> })
  .packages
const direct = Object.keys({ ...lock['']?.dependencies, ...lock['']?.optionalDependencies })
const documented = read('src/SECURITY-MODEL.md')

/** The packages that sources import, of which only those of the library are installed with it. */
function imported(rooms: (room: string) => boolean): readonly string[] {
  const names = new Set<string>()
  for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || !rooms(path.split('/')[0] ?? '')) continue
    for (const [, name = ''] of read(join('src', path)).matchAll(
      /^[^*\n]*(?:\bfrom|\bimport\() ?'((?:@[\w-]+\/)?[\w-]+)'/gm,
    ))
      names.add(name)
  }
  return [...names].sort()
}

const ofCommandLine = (room: string) => ['cli', 'config', 'stack'].includes(room)
const bundled = imported(ofCommandLine).filter((name) => !direct.includes(name))

/** Where Node would find it: nearest node_modules first. */
function found(from: string, name: string): string {
  for (let place = from; ; place = place.slice(0, Math.max(place.lastIndexOf('/node_modules/'), 0))) {
    const candidate = `${place === '' ? '' : `${place}/`}node_modules/${name}`
    if (lock[candidate] !== undefined) return candidate
    if (place === '') throw new Error(`${name} is not locked`)
  }
}

/** All that comes with a package, without itself. */
function brought(start: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const todo = [start]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    for (const name of Object.keys({ ...lock[at]?.dependencies, ...lock[at]?.optionalDependencies })) {
      const place = found(at, name)
      if (seen.has(place)) continue
      seen.add(place)
      todo.push(place)
    }
  }
  return seen
}

const installed = new Set(
  [...direct, ...bundled].flatMap((name) => [`node_modules/${name}`, ...brought(`node_modules/${name}`)]),
)

describe('packages', () => {
  it('packages that the library imports are its dependencies, and no others but the optional one', () => {
    const optional = Object.keys(lock['']?.optionalDependencies ?? {})
    const used = imported((room) => !ofCommandLine(room))
    expect(used).toEqual(direct.filter((name) => !optional.includes(name)).sort())
  })

  it('packages that only the command line imports are bundled, with exact versions', () => {
    const fixed = Object.entries(lock['']?.devDependencies ?? {}).filter(([, version]) => /^\d/.test(version))
    expect(fixed.map(([name]) => name)).toEqual(expect.arrayContaining([...bundled]))
  })
})

describe('packages at run time', () => {
  it('each dependency has a documented reason, and the number of packages that it brings', () => {
    const rows = [...documented.matchAll(/^\| (\S+) \| ([^|]+) \| (\d+) \|$/gm)]
    const table = Object.fromEntries(
      rows.map(([, name, reason, count]) => [name, [reason?.trim() !== '', Number(count)]]),
    )
    expect(table).toEqual(
      Object.fromEntries(
        [...direct, ...bundled].map((name) => [name, [true, brought(`node_modules/${name}`).size]]),
      ),
    )
  })

  it('dependencies have no install scripts, come from the registry, and are locked by their content', () => {
    for (const place of installed) {
      const { hasInstallScript, resolved, integrity } = lock[place] ?? {}
      expect({ place, hasInstallScript: hasInstallScript ?? false }).toEqual({
        place,
        hasInstallScript: false,
      })
      // Nothing stands there for the registry itself.
      expect(resolved ?? 'https://registry.npmjs.org/').toMatch(/^https:\/\/registry\.npmjs\.org\//)
      expect(integrity).toMatch(/^sha512-/)
    }
  })

  it('dependencies have free licences', () => {
    const licences = new Set([...installed].map((place) => lock[place]?.license ?? 'none'))
    const fine = [
      'MIT',
      'ISC',
      'Apache-2.0',
      'BSD-2-Clause',
      'BSD-3-Clause',
      '(MIT OR CC0-1.0)',
      '0BSD',
      'BlueOak-1.0.0',
    ]
    expect([...licences].filter((licence) => !fine.includes(licence))).toEqual([])
  })
})
