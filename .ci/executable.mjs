/**
 * Builds `occi` as one file: `node .ci/executable.mjs FILE`, after `npm run build`. The Node that runs this goes
 * into the file, so it must have --build-sea (Node 26), and the file is for its system and processor.
 *
 * The same sources and the same Node give the same bytes.
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/**
 * Without the first Node reserves 10 GB of address space, which fails under `ulimit -v`. V8's own flags must not
 * stand here: the code caches of Node's modules would not fit, which costs 7 ms of each start.
 */
const nodeOptions = ['--disable-wasm-trap-handler', '--disable-warning=ExperimentalWarning']

/** Makes code caches the same each time; V8 does not compare it at a start. */
const seed = '--random-seed=1'

const [target] = process.argv.slice(2)
if (target === undefined || Number.parseInt(process.versions.node, 10) < 26) {
  process.stderr.write('usage: node .ci/executable.mjs FILE, with Node 26 or later\n')
  process.exit(2)
}

async function buildExecutable() {
  const node = join(folder, 'node')
  copyFileSync(process.execPath, node)
  if (process.platform === 'linux') execFileSync('strip', [node])
  const main = join(folder, 'main.cjs')
  await build({
    entryPoints: ['bin/executable.cjs'],
    outfile: main,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    loader: { '': 'js' },
    define: { OCCI_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
    absWorkingDir: root,
  })
  const assets = { ...filesOfProgram(), ...keyring(), ...(await codeCaches()) }
  const config = join(folder, 'sea.json')
  const output = resolve(target)
  writeFileSync(
    config,
    JSON.stringify({
      // A path of this build would stand in the file.
      main: 'main.cjs',
      output,
      executable: node,
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
      execArgv: nodeOptions,
      assets,
    }),
  )
  execFileSync(process.execPath, [seed, '--build-sea', config], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** What the bundle reads beside it: name of the asset => file. */
function filesOfProgram() {
  const dist = join(root, 'dist')
  const names = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.cjs'))
  return Object.fromEntries(names.map((name) => [name, join(dist, name)]))
}

/** The native part of @napi-rs/keyring; without it there is no keyring, as where npm did not install it. */
function keyring() {
  const { resolve: find } = createRequire(join(root, 'node_modules/@napi-rs/keyring/package.json'))
  const libc = process.platform === 'linux' ? '-gnu' : ''
  try {
    return { 'keyring.node': find(`@napi-rs/keyring-${process.platform}-${process.arch}${libc}`) }
  } catch {
    return {}
  }
}

/** Run one after the other to learn which functions such commands need; the second list finds what the first one keeps. */
const trainings = [
  ['--help'],
  ['__complete', 'command', '--', ''],
  ['compute', 'create', ...machine('one')],
  ['compute', 'create', ...machine('two')],
  ['compute', 'list'],
  ['compute', 'list'],
  ['__complete', 'entity', 'compute', '--', 'compute', 'describe', ''],
  ['compute', 'describe', 'one'],
  ['compute', 'stop', 'two', '--wait'],
  ['compute', 'delete', 'two', '--yes'],
]

function machine(title) {
  return ['--title', title, '--os', 'debian-12', '--size', 'small', '--wait']
}

/**
 * V8's code caches, each from a run of such a command against the sandbox. They hold the functions that it
 * called, so that a start compiles next to nothing.
 */
async function codeCaches() {
  const sandbox = await startSandbox()
  try {
    const env = { HOME: join(folder, 'home'), PATH: process.env.PATH, OCCI_ENDPOINT: sandbox.endpoint }
    const assets = {}
    for (const words of trainings) Object.assign(assets, train(words, env))
    return assets
  } finally {
    sandbox.stop()
  }
}

/** Runs a command as the executable would, and keeps the caches of what was compiled, also of packages. */
function train(words, env) {
  const trainer = join(folder, 'train.cjs')
  const made = join(folder, 'made.json')
  writeFileSync(
    trainer,
    `const { cacheName, run } = require('./main.cjs')
     const { readFileSync, writeFileSync } = require('node:fs')
     const { dist, folder } = ${JSON.stringify({ dist: join(root, 'dist'), folder })}
     process.argv[1] = process.execPath
     const scripts = run(process.argv, (name) =>
       name.endsWith('.cache') ? undefined : readFileSync(dist + '/' + name))
     process.on('exit', () => {
       // The flags with which a start begins.
       for (const flag of ['--wasm-tier-up', '--wasm-dynamic-tiering']) require('node:v8').setFlagsFromString(flag)
       const caches = {}
       for (const [bundle, script] of scripts) {
         const name = cacheName(bundle, process.argv)
         caches[name] = folder + '/' + name.replace('/', '-')
         writeFileSync(caches[name], script.createCachedData())
       }
       writeFileSync(${JSON.stringify(made)}, JSON.stringify(caches))
     })`,
  )
  const args = [...nodeOptions, seed, '--predictable', trainer, ...words]
  execFileSync(process.execPath, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return JSON.parse(readFileSync(made, 'utf8'))
}

async function startSandbox() {
  // Nothing may depend on which of two things comes first: an answer comes well after its request is written, and
  // no command waits for a machine.
  const words = ['sandbox', 'serve', '--port', '0', '--latency', '300ms', '--speed', '0']
  const child = spawn(process.execPath, [join(root, 'bin/occi'), ...words], {
    env: { HOME: join(folder, 'cloud'), PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const endpoint = await new Promise((found, fail) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const url = /http:\S+(?=\s)/.exec(text)?.[0]
      if (url !== undefined) found(url)
    })
    child.once('close', () => fail(new Error(`the sandbox ended: ${text}`)))
  })
  return { endpoint, stop: () => child.kill() }
}

const folder = mkdtempSync(join(tmpdir(), 'occi-executable-'))
try {
  await buildExecutable()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
