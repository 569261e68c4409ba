import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedProcess, serve } from '../support/serve.js'

/**
 * What the commands that are run a thousand times a day load, which is what their start-up takes. Times differ
 * between machines and moments; this does not. A change that exceeds a limit should load its modules where they
 * are used (import() at the place of use) or, if all these commands need them, raise the limit and say why.
 */
interface Limit {
  readonly words: readonly string[]
  /** Thousands of characters in the files of dist/ that are read. */
  readonly read: number
  /** Thousands of characters of the functions that run. */
  readonly run: number
  /** Modules of ours and of packages that are evaluated. */
  readonly modules: number
  /** Node's own modules beyond those that Node loads by itself. */
  readonly builtins: readonly string[]
}

const streams = ['stream', 'stream/promises', 'string_decoder']
const limits: readonly Limit[] = [
  { words: ['--version'], read: 0, run: 3, modules: 0, builtins: [] },
  { words: ['--help'], read: 482, run: 132, modules: 102, builtins: [...streams, 'os', 'process', 'vm'] },
  {
    words: ['compute', '--help'],
    read: 482,
    run: 172,
    modules: 173,
    builtins: [...streams, 'os', 'process', 'vm'],
  },
  {
    words: ['compute', 'list', '-o', 'table'],
    read: 1303,
    run: 580,
    modules: 385,
    builtins: [...streams, 'diagnostics_channel', 'net', 'os', 'process', 'v8', 'vm'],
  },
  {
    words: ['__complete', 'entity', 'compute', '--', 'compute', 'describe', ''],
    read: 70,
    run: 40,
    modules: 2,
    builtins: ['os', 'vm'],
  },
]

const occi = resolve(import.meta.dirname, '../../bin/occi')
const home = mkdtempSync(join(tmpdir(), 'occi-loads-'))
let served: ServedProcess

beforeAll(async () => {
  served = await serve(occi, { PATH: process.env['PATH'], HOME: join(home, 'server') }, [])
}, 60_000)
afterAll(async () => {
  await served?.stop()
  rmSync(home, { recursive: true })
})

/** `env`: the second run of a command finds the caches of the first. */
function loads(of: 'coverage' | 'builtins', words: readonly string[], env: NodeJS.ProcessEnv): unknown {
  const file = join(home, 'loads.json')
  const preload = join(import.meta.dirname, 'loads.cjs')
  // Without what setup.ts adds to each process in NODE_OPTIONS: it would load builtins, too.
  const node = ['-u', 'NODE_OPTIONS', process.execPath, '--require', preload]
  const { status, stderr } = spawnSync('/usr/bin/env', [...node, occi, ...words], {
    encoding: 'utf8',
    timeout: 60_000,
    // A pipe would be a socket, which loads node:net.
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { HOME: home, OCCI_ENDPOINT: served.endpoint, LOADS: file, LOADS_OF: of, ...env },
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(readFileSync(file, 'utf8'))
}

interface Script {
  readonly url: string
  readonly functions: readonly {
    readonly functionName: string
    readonly ranges: readonly { startOffset: number; endOffset: number; count: number }[]
  }[]
}

interface Ran {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly ran: boolean
  /** Characters, without those of the functions inside. */
  own: number
}

function functionsOf({ functions }: Script): readonly Ran[] {
  const all = functions
    .flatMap(({ functionName: name, ranges: [range] }): Ran[] => {
      if (range === undefined) return []
      const { startOffset: start, endOffset: end, count } = range
      return [{ name, start, end, ran: count > 0, own: end - start }]
    })
    .sort((a, b) => a.start - b.start || b.end - a.end)
  const around: Ran[] = []
  for (const each of all) {
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= each.start) around.pop()
    const outer = around.at(-1)
    if (outer !== undefined) outer.own -= each.end - each.start
    around.push(each)
  }
  return all
}

/** esbuild names the function of a module by its path; `tier:` is the prefix of modules in another file. */
const isModule = ({ name }: Ran): boolean => name.includes('/') && !name.startsWith('tier:')

describe('what a command loads', () => {
  it.each(limits)('a command loads only the listed modules: $words', (limit) => {
    const { words, builtins } = limit
    // Without a code cache, in which some functions have been compiled and others not.
    const env = { OCCI_NO_CODE_CACHE: '1' }
    loads('builtins', words, env)
    const scripts = (loads('coverage', words, env) as readonly Script[]).filter(({ url }) =>
      /\/(bin|dist)\/[^/]*(\/vendor\/.*)?$/.test(url),
    )
    const files = scripts.map(({ url }) => fileURLToPath(url)).filter((path) => path.includes('/dist/'))
    const ran = scripts.flatMap(functionsOf).filter((each) => each.ran)
    const loaded = ran.filter(isModule).map(({ name }) => name)
    const thousands = (count: number) => Math.ceil(count / 1000)
    const found = {
      read: thousands(files.reduce((sum, path) => sum + statSync(path).size, 0)),
      run: thousands(ran.reduce((sum, { own }) => sum + own, 0)),
      modules: loaded.length,
    }
    const native = (loads('builtins', words, env) as readonly string[])
      .map((name) => name.replace('NativeModule ', ''))
      .filter((name) => !name.includes(' ') && !name.includes('/internal') && !name.startsWith('internal/'))
    const more = native.filter((name) => !builtins.includes(name))
    const biggest = [...ran].sort((a, b) => b.own - a.own).slice(0, 40)
    const report = [
      `files: ${files.join(', ')}`,
      `modules by folder: ${JSON.stringify(Object.fromEntries(byFolder(loaded)))}`,
      `the longest functions that run: ${biggest.map(({ name, own }) => `${name || '(module)'} ${own}`).join(', ')}`,
    ].join('\n')
    const shown = `${words.join(' ')}: ${JSON.stringify(found)}, builtins ${native.join(', ')}\n${report}`
    if (process.env['LOADS_SHOWN'] !== undefined) console.info(shown)
    expect(more, 'builtins beyond those of the limit').toEqual([])
    const exceeded = (['read', 'run', 'modules'] as const).filter((name) => found[name] > limit[name])
    expect(exceeded, shown).toEqual([])
  })
})

function byFolder(modules: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of modules) {
    const folder = name.split('/').slice(0, -1).join('/')
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return counts
}
