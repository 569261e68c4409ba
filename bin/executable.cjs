/*
 * The launcher of the single executable, which .ci/executable.mjs builds: the files of dist/ and the code caches
 * are inside it as assets. Nothing of it is in the npm package.
 */
'use strict'
const { dlopen, execPath, stdout } = process
const { bundleFor, setFlags, sortOf } = require('./occi')

/* global OCCI_VERSION -- set by the build */

/** Under which name the build keeps the code cache that was made for a sort of command. */
const cacheFor = (argv) => `${bundleFor(argv)}.${sortOf(argv)}.cache`

/** `asset` answers the bytes of a file of dist/, or undefined. */
function run(argv, asset) {
  if (argv.length === 3 && argv[2] === '--version') {
    stdout.write(`${OCCI_VERSION}\n`)
    return undefined
  }
  setFlagsLate()
  const bundle = bundleFor(argv)
  const cachedData = asset(cacheFor(argv))
  const script = compile(bundle, asset, cachedData ? { cachedData } : {})
  const made = { exports: {} }
  const load = (name) => loadFrom(asset, name)
  script.runInThisContext().call(made.exports, made.exports, load, made, bundle, '.')
  const installation = { version: OCCI_VERSION, command: [execPath], importModule }
  made.exports.main(argv.slice(2), installation).then((code) => {
    process.exitCode = code
  })
  return script
}

/**
 * undici compiles its parser when it has connected. By then most of Node's modules are loaded: with other flags
 * their code caches, which are inside Node, do not fit, and each is compiled anew (6 % of a list).
 */
function setFlagsLate() {
  const { Module } = WebAssembly
  WebAssembly.Module = class extends Module {
    constructor(bytes) {
      WebAssembly.Module = Module
      setFlags()
      super(bytes)
    }
  }
}

function compile(name, asset, options = {}) {
  const { Script } = require('node:vm')
  return new Script(asset(name).latin1Slice(), { filename: name, ...options })
}

/** What the bundle requires: a builtin, one of the packages beside it, or the native part of the keyring. */
function loadFrom(asset, name) {
  if (name === '@napi-rs/keyring') return loadNative(asset('keyring.node'))
  if (!name.startsWith('./')) return require(name)
  const made = { exports: {} }
  const source = asset(name.slice(2)).latin1Slice()
  const { runInThisContext } = require('node:vm')
  runInThisContext(`(function (exports, require, module) {${source}\n})`, { filename: name })(
    made.exports,
    require,
    made,
  )
  return made.exports
}

/** The system loads libraries from files only. It needs the file no longer once it has loaded it. */
function loadNative(bytes) {
  const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
  const { join } = require('node:path')
  const { tmpdir } = require('node:os')
  const folder = mkdtempSync(join(tmpdir(), 'occi-'))
  try {
    const file = join(folder, 'keyring.node')
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o500 })
    const made = { exports: {} }
    dlopen(made, file)
    return made.exports
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** import() of the main script of a single executable knows builtins only. */
function importModule(url) {
  const { constants, Script } = require('node:vm')
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  return new Script('(url) => import(url)', { importModuleDynamically }).runInThisContext()(url)
}

const { getAssetKeys, getRawAsset, isSea } = require('node:sea')
if (isSea()) {
  const names = new Set(getAssetKeys())
  run(process.argv, (name) => (names.has(name) ? Buffer.from(getRawAsset(name)) : undefined))
} else module.exports = { cacheFor, run }
