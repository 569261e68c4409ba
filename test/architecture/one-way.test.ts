/** Imports run one way: no circle between files anywhere, and none up between the folders of cli. Types count. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../../src')

/**
 * The folders and files of cli, lowest first: each may import what stands before it. A folder inside a folder
 * belongs to it, unless it stands here itself.
 */
const layers: readonly string[] = [
  'streams.ts',
  'values',
  'output',
  'errors',
  'records',
  'options',
  'progress.ts',
  'prompts.ts',
  'probe.ts',
  'runtime.ts',
  'preview.ts',
  'context.ts',
  'open-context.ts',
  'unreadable.ts',
  'command.ts',
  'shortcuts.ts',
  'recheck.ts',
  'preview',
  'runtime',
  'tour',
  'rocci',
  'help',
  'docs',
  'commands/base',
  'commands/create',
  'commands/ip',
  'commands/ssh',
  'commands/context',
  'commands/doctor',
  'commands',
  'sites',
  'parse',
  'completion',
  'plugin.ts',
  'program.ts',
  'dispatch.ts',
  'main.ts',
]

/** Each import by its file and the file that it names, relative to src. */
const graph: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const found = readFileSync(join(src, name), 'utf8').matchAll(
        /(?:\bfrom|\bimport\(|^\s*import)\s*['"](\.[^'"]+)['"]/gm,
      )
      const targets = [...found].map((match) =>
        relative(src, resolve(src, dirname(name), match[1] ?? '')).replace(/\.js$/, '.ts'),
      )
      return [name, [...new Set(targets)]]
    }),
)

/** Groups of files that can be reached from each other (Tarjan's strongly connected components). */
function circles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const places = new Map<string, { readonly index: number; low: number }>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (node: string) => {
    const place = { index: places.size, low: places.size }
    places.set(node, place)
    open.push(node)
    for (const next of edges.get(node) ?? []) {
      const other = places.get(next)
      if (other === undefined) place.low = Math.min(place.low, visit(next).low)
      else if (open.includes(next)) place.low = Math.min(place.low, other.index)
    }
    if (place.low === place.index) {
      const circle = open.splice(open.indexOf(node)).sort()
      if (circle.length > 1 || edges.get(node)?.includes(node) === true) found.push(circle)
    }
    return place
  }
  for (const node of edges.keys()) if (!places.has(node)) visit(node)
  return found
}

/** Undefined outside cli. */
function layerOf(file: string): string | undefined {
  const [room, ...path] = file.split('/')
  if (room !== 'cli') return undefined
  const inner = path.slice(0, 2).join('/')
  return layers.includes(inner) ? inner : path[0]
}

function arrowsUp(): readonly string[] {
  return [...graph].flatMap(([file, targets]) =>
    targets
      .filter((target) => {
        const [from, to] = [layerOf(file), layerOf(target)]
        return from !== undefined && to !== undefined && layers.indexOf(to) > layers.indexOf(from)
      })
      .map((target) => `${file} → ${target}`),
  )
}

describe('imports', () => {
  it('the imports of all source files are found', () => {
    expect(graph.size).toBeGreaterThan(300)
    expect(graph.get('cli/main.ts')).toContain('cli/dispatch.ts')
    expect(graph.get('cli/commands/index.ts')).toContain('cli/commands/compute.ts')
  })

  it('source files form no circle of imports', () => {
    expect(circles(graph).map((circle) => circle.join(' '))).toEqual([])
  })

  it('imports do not run up between the layers of cli', () => {
    expect(arrowsUp()).toEqual([])
  })

  it('each folder and file of cli is in one layer', () => {
    const there = readdirSync(join(src, 'cli'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
      .map(({ name }) => name)
    expect(there.filter((name) => !layers.includes(name))).toEqual([])
    expect(new Set(layers).size).toBe(layers.length)
  })
})

describe('a circle', () => {
  it.each([
    [{ a: ['b'], b: ['c'], c: [] }, []],
    [{ a: ['b'], b: ['a'], c: ['a'] }, [['a', 'b']]],
    [
      { a: ['b', 'd'], b: ['c'], c: ['a'], d: ['e'], e: ['d'] },
      [
        ['d', 'e'],
        ['a', 'b', 'c'],
      ],
    ],
    [{ a: ['a'] }, [['a']]],
  ])('the circle in %j is found', (edges, expected) => {
    expect(circles(new Map(Object.entries<string[]>(edges)))).toEqual(expected)
  })
})
