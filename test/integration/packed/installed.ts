import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ServedProcess, serve } from '../../support/serve.js'

export const root = resolve(import.meta.dirname, '../../..')

/** The package as a user gets it: packed, installed elsewhere with its dependencies, an empty HOME. */
export interface Installed {
  readonly place: string
  readonly project: string
  /** The packed package. */
  readonly tarball: string
  readonly env: NodeJS.ProcessEnv
  run(
    command: string,
    args: readonly string[],
    options?: { cwd?: string; input?: string },
  ): SpawnSyncReturns<string>
  occi(...args: string[]): SpawnSyncReturns<string>
  /** Starts `occi sandbox serve` and answers its endpoint. */
  serve(...args: string[]): Promise<ServedProcess>
  remove(): void
}

/** Milliseconds for what the registry is asked for. */
const longest = 90_000

function installFromRegistry(project: string, words: readonly string[]): void {
  const { status, stderr, error } = spawnSync('npm', ['install', ...words], {
    cwd: project,
    encoding: 'utf8',
    timeout: longest,
    killSignal: 'SIGKILL',
  })
  if (status === 0) return
  const why = error === undefined ? stderr.slice(-500) : `nothing came within ${longest / 1000} s`
  throw new Error(`The packages that occi-cli needs could not be had from the npm registry: ${why}`)
}

export function install(): Installed {
  const place = mkdtempSync(join(tmpdir(), 'occi-packed-'))
  const project = join(place, 'project')
  const home = join(place, 'home')
  mkdirSync(project)
  mkdirSync(home)
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--silent']
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', place]
  const tarball = execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim()
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', type: 'module', private: true }),
  )
  installFromRegistry(project, [...quiet, join(place, tarball)])

  const bin = join(project, 'node_modules/.bin')
  const env: NodeJS.ProcessEnv = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
  }
  const run: Installed['run'] = (command, args, options = {}) =>
    spawnSync(command, args, {
      cwd: options.cwd ?? project,
      env,
      encoding: 'utf8',
      input: options.input ?? '',
      timeout: 60_000,
    })
  return {
    place,
    project,
    tarball: join(place, tarball),
    env,
    run,
    occi: (...args) => run(join(bin, 'occi'), args),
    serve: (...args) => serve(join(bin, 'occi'), env, args),
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}
