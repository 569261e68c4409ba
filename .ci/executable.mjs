/**
 * Builds `occi` as one executable file: `node .ci/executable.mjs FILE`, after `npm run build`. The file contains the Node
 * that runs this script, which must have --build-sea (Node 26), and runs on the same system and processor.
 *
 * The build is reproducible: the same sources and the same Node give the same bytes.
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
 * Options of the Node in the executable. Without the first one, Node reserves 10 GB of address space, which fails under
 * `ulimit -v`. Flags of V8 must not be added here: V8 would reject the code caches of Node's modules, which costs 7 ms.
 */
const nodeOptions = ['--disable-wasm-trap-handler', '--disable-warning=ExperimentalWarning']

/** Makes the code caches reproducible. V8 accepts them even if it runs with another seed. */
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
      // Relative, because the executable contains this path.
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

/** Returns the paths of the files of the program, by the names of their assets. */
function filesOfProgram() {
  const dist = join(root, 'dist')
  const names = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.cjs'))
  return Object.fromEntries(names.map((name) => [name, join(dist, name)]))
}

/** Returns the path of the native part of @napi-rs/keyring. If npm did not install it, the executable has no keyring. */
function keyring() {
  const { resolve: find } = createRequire(join(root, 'node_modules/@napi-rs/keyring/package.json'))
  const libc = process.platform === 'linux' ? '-gnu' : ''
  try {
    return { 'keyring.node': find(`@napi-rs/keyring-${process.platform}-${process.arch}${libc}`) }
  } catch {
    return {}
  }
}

/**
 * The commands that are run, in this order, to fill the code caches. The second `compute list` uses other functions than
 * the first, because it finds the model of the provider in the cache.
 */
const trainingCommands = [
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
 * Makes V8's code caches: runs the training commands against the sandbox. A cache contains the functions that a command
 * called, so that the executable compiles almost nothing when it starts.
 */
async function codeCaches() {
  const sandbox = await startSandbox()
  try {
    const env = { HOME: join(folder, 'home'), PATH: process.env.PATH, OCCI_ENDPOINT: sandbox.endpoint }
    const assets = {}
    for (const words of trainingCommands) Object.assign(assets, train(words, env))
    return assets
  } finally {
    sandbox.stop()
  }
}

/**
 * Runs a command like the executable, and writes the code caches of the program and of its packages to files. Returns
 * their paths by the names of their assets.
 */
function train(words, env) {
  const trainer = join(folder, 'train.cjs')
  const listFile = join(folder, 'caches.json')
  writeFileSync(
    trainer,
    `const { cacheName, run } = require('./main.cjs')
     const { readFileSync, writeFileSync } = require('node:fs')
     const { dist, folder } = ${JSON.stringify({ dist: join(root, 'dist'), folder })}
     process.argv[1] = process.execPath
     const scripts = run(process.argv, (name) =>
       name.endsWith('.cache') ? undefined : readFileSync(dist + '/' + name))
     process.on('exit', () => {
       // Resets the flags to those with which the executable loads the caches.
       for (const flag of ['--wasm-tier-up', '--wasm-dynamic-tiering']) require('node:v8').setFlagsFromString(flag)
       const caches = {}
       for (const [bundle, script] of scripts) {
         const name = cacheName(bundle, process.argv)
         caches[name] = folder + '/' + name.replace('/', '-')
         writeFileSync(caches[name], script.createCachedData())
       }
       writeFileSync(${JSON.stringify(listFile)}, JSON.stringify(caches))
     })`,
  )
  const args = [...nodeOptions, seed, '--predictable', trainer, ...words]
  execFileSync(process.execPath, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return JSON.parse(readFileSync(listFile, 'utf8'))
}

async function startSandbox() {
  // Reproducible caches must not depend on timing. With this latency, each response arrives well after its request is
  // written; with speed 0, state changes take no time, so no command waits for a machine.
  const words = ['sandbox', 'serve', '--port', '0', '--latency', '300ms', '--speed', '0']
  const child = spawn(process.execPath, [join(root, 'bin/occi'), ...words], {
    env: { HOME: join(folder, 'cloud'), PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const endpoint = await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const url = /http:\S+(?=\s)/.exec(text)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.once('close', () => reject(new Error(`the sandbox ended: ${text}`)))
  })
  return { endpoint, stop: () => child.kill() }
}

const folder = mkdtempSync(join(tmpdir(), 'occi-executable-'))
try {
  await buildExecutable()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
