/*
 * The launcher in the single executable, which .ci/executable.mjs builds. The executable contains the files of dist/ and
 * the code caches as assets. The npm package does not contain this file.
 */
'use strict'
const { dlopen, execPath, stdout } = process
const { bundleFor, cacheGroup, end, setFlags } = require('./occi')

/* global OCCI_VERSION -- set by the build */

/** Returns the name of the asset with the code cache of a bundle for a command. */
const cacheName = (bundle, argv) => `${bundle}.${cacheGroup(argv)}.cache`

/**
 * Runs a command. `asset` returns the bytes of a file of dist/ or of a code cache; undefined if there is none. Returns a
 * Map of the scripts by name. Scripts that the command loads later are added to it.
 */
function run(argv, asset) {
  const scripts = new Map()
  if (argv.length === 3 && argv[2] === '--version') {
    stdout.write(`${OCCI_VERSION}\n`)
    return scripts
  }
  const { Script } = require('node:vm')
  const loaded = new Map()
  const load = (name) => {
    if (name === '@napi-rs/keyring') return loadNative(asset('keyring.node'))
    if (!name.startsWith('./')) return require(name)
    const file = name.slice(2)
    const cached = loaded.get(file)
    if (cached) return cached.exports
    const text = asset(file).latin1Slice()
    // bin/bundle.mjs wraps the files of the program in functions, but not those of packages (in dist/vendor/).
    const source = file.includes('/') ? `(function (exports, require, module) {${text}\n})` : text
    const cachedData = asset(cacheName(file, argv))
    const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) })
    const program = { exports: {} }
    loaded.set(file, program)
    scripts.set(file, script)
    script.runInThisContext().call(program.exports, program.exports, load, program, file, '.')
    return program.exports
  }
  setFlagsLate()
  const { main } = load(`./${bundleFor(argv)}`)
  main(argv.slice(2), { version: OCCI_VERSION, command: [execPath], importModule }).then(end)
  return scripts
}

/**
 * Sets V8's flags when undici compiles its parser, which happens after it has connected. If the flags were set earlier,
 * V8 would reject the code caches of Node's modules that are loaded later, and compile them (6 % of the time of a list).
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

/** Loads a native library through a temporary file, since the system can load libraries only from files. */
function loadNative(bytes) {
  const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
  const { join } = require('node:path')
  const { tmpdir } = require('node:os')
  const folder = mkdtempSync(join(tmpdir(), 'occi-'))
  try {
    const file = join(folder, 'keyring.node')
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o500 })
    const native = { exports: {} }
    dlopen(native, file)
    return native.exports
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Imports a module from a file. In the main script of a single executable, import() finds only built-in modules. */
function importModule(url) {
  const { constants, Script } = require('node:vm')
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  return new Script('(url) => import(url)', { importModuleDynamically }).runInThisContext()(url)
}

const { getAssetKeys, getRawAsset, isSea } = require('node:sea')
if (isSea()) {
  const names = new Set(getAssetKeys())
  run(process.argv, (name) => (names.has(name) ? Buffer.from(getRawAsset(name)) : undefined))
} else module.exports = { cacheName, run }
