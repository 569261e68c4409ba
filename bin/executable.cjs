/*
 * The launcher of the single executable, which .ci/executable.mjs builds: the files of dist/ and the code caches
 * are inside it as assets. Nothing of it is in the npm package.
 */
'use strict'
const { dlopen, execPath, stdout } = process
const { bundleFor, end, setFlags, sortOf } = require('./occi')

/* global OCCI_VERSION -- set by the build */

/** Under which name the build keeps the code cache of a bundle for a sort of command. */
const cacheName = (bundle, argv) => `${bundle}.${sortOf(argv)}.cache`

/**
 * `asset` answers the bytes of a file of dist/ or of a code cache, or undefined. Returns the scripts by their
 * name, those that are loaded later as well.
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
    const known = loaded.get(file)
    if (known) return known.exports
    const text = asset(file).latin1Slice()
    // bin/bundle.mjs wraps bundles; the packages in folders are left as they are.
    const source = file.includes('/') ? `(function (exports, require, module) {${text}\n})` : text
    const cachedData = asset(cacheName(file, argv))
    const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) })
    const made = { exports: {} }
    loaded.set(file, made)
    scripts.set(file, script)
    script.runInThisContext().call(made.exports, made.exports, load, made, file, '.')
    return made.exports
  }
  setFlagsLate()
  const { main } = load(`./${bundleFor(argv)}`)
  main(argv.slice(2), { version: OCCI_VERSION, command: [execPath], importModule }).then(end)
  return scripts
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
} else module.exports = { cacheName, run }
