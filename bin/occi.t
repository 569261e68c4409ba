#!/usr/bin/env node
'use strict'
/*
 * The launcher: answers --version itself, sets V8's flags before anything is compiled, then runs the
 * bundle (dist/occi.cjs) with V8's code cache. No dependency; each line here is paid on every call.
 */
const T=(n)=>process.env.TT&&process.stderr.write(n+' '+performance.now().toFixed(1)+'\n');T('launcher');const argv = process.argv
if (argv.length === 3 && argv[2] === '--version') {
  process.stdout.write(`${require('../package.json').version}\n`)
} else {
  start()
}

function start() {
  const [major, minor, patch] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && (minor < 18 || (minor === 18 && patch < 1)))) {
    process.stderr.write(`occi needs Node.js 20.18.1 or later; this is ${process.version}\n`)
    process.exitCode = 1
    return
  }
  const fs = require('node:fs')
  const path = require('node:path')
  const vm = require('node:vm')
  const sort = sortOf(argv)
  if (sort === 'run') {
    const v8 = require('node:v8')
    // undici's llhttp is WebAssembly; without these Node waits some 70 ms at exit for its optimising compiler.
    // They must come before vm.Script: the code cache is keyed on V8's flags.
    v8.setFlagsFromString('--no-wasm-tier-up')
    v8.setFlagsFromString('--no-wasm-dynamic-tiering')
  }

  const bundle = path.join(__dirname, '..', 'dist', 'occi.cjs')
  let source
  try {
    source = fs.readFileSync(bundle, 'latin1')
  } catch {
    process.stderr.write('occi: dist/occi.cjs is missing: run `npm run build` (or `npm ci`) first\n')
    process.exitCode = 1
    return
  }
  T('read');const cacheFile = codeCachePath(fs, path, bundle, sort)
  const cachedData = cacheFile && readOwn(fs, cacheFile)
  const script = new vm.Script(source, { filename: bundle, ...(cachedData ? { cachedData } : {}) })
  T('script');const made = { exports: {} }
  const load = require('node:module').createRequire(bundle)
  script.runInThisContext().call(made.exports, made.exports, load, made, bundle, path.dirname(bundle))

  T('run');globalThis.T=T;process.on('exit',()=>{T('exit')});made.exports.main().then((code) => {
    T('main done');process.exitCode = code
    if (cacheFile && (!cachedData || script.cachedDataRejected)) writeCache(fs, path, cacheFile, script)
  })
}

/** What compiles much the same: help and completion need little of the bundle, and send nothing. */
function sortOf(words) {
  if (words[2] === '__complete') return 'complete'
  return words.length < 3 || words.some((word) => word === '--help' || word === '-h' || word === 'help')
    ? 'help'
    : 'run'
}

/** One file per bundle, Node version, user and sort of command (help compiles less than a request). */
function codeCachePath(fs, path, bundle, sort) {
  const env = process.env
  if (env.OCCI_NO_CODE_CACHE) return undefined
  const xdg = env.XDG_CACHE_HOME
  const base = xdg && path.isAbsolute(xdg) ? xdg : env.HOME && path.join(env.HOME, '.cache')
  if (!base) return undefined
  const stat = fs.statSync(bundle)
  const key = [
    stat.size.toString(36),
    Math.floor(stat.mtimeMs).toString(36),
    process.version,
    process.arch,
    process.getuid?.() ?? 'u',
    sort,
  ]
  return path.join(base, 'occi', 'code', `${key.join('-')}.bin`)
}

/** Only what this user wrote and nobody else can write: the cache is executed. */
function readOwn(fs, file) {
  try {
    const stat = fs.lstatSync(file)
    const mine = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0)
    return stat.isFile() && mine && stat.size > 0 ? fs.readFileSync(file) : undefined
  } catch {
    return undefined
  }
}

function writeCache(fs, path, file, script) {
  try {
    const folder = path.dirname(file)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const temporary = `${file}.${process.pid}`
    fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o600, flag: 'wx' })
    fs.renameSync(temporary, file)
    // A new version or Node leaves its predecessors behind; a handful is kept for those who switch.
    const old = fs.readdirSync(folder).map((name) => path.join(folder, name))
    if (old.length > 8) {
      old.sort((a, b) => fs.statSync(a).mtimeMs - fs.statSync(b).mtimeMs)
      for (const name of old.slice(0, old.length - 8)) fs.rmSync(name, { force: true })
    }
  } catch {
    // A full or read-only disk costs speed, nothing else.
  }
}
