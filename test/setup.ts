import childProcess, { ChildProcess } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach } from 'vitest'

/** nock 15.0.2 calls Promise.withResolvers, which Node 20 does not have. Only the tests need it. */
interface Resolvers<T> {
  promise: Promise<T>
  resolve: (value: T | PromiseLike<T>) => void
  reject: (reason?: unknown) => void
}

const promise = Promise as typeof Promise & { withResolvers?: <T>() => Resolvers<T> }

promise.withResolvers ??= function withResolvers<T>(): Resolvers<T> {
  let resolve!: Resolvers<T>['resolve']
  let reject!: Resolvers<T>['reject']
  const made = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise: made, resolve, reject }
}

// Downloads of integration tests are kept for the next run, outside the folder that is deleted after each test file.
process.env['INTEGRATION_CACHE'] ??= join(tmpdir(), `occi-integration-${process.getuid?.() ?? 0}`)

// A developer's own settings must not influence the tests.
for (const name of Object.keys(process.env)) {
  if (/^(OCCI_|OS_|X509_|ROCCI_)/.test(name)) delete process.env[name]
}

// Each test file has its own temporary folder, which is deleted afterwards: thousands of runs would fill a disk.
const before = process.env['TMPDIR']
const place = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'occi-test-'))
process.env['TMPDIR'] = place
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(place, { recursive: true, force: true })
})

// Connections to anything but loopback fail, in this process and in those that tests start.
const guard = join(import.meta.dirname, 'support/loopback-only.cjs')
// Processes of other users cannot read a private clone of the repository, so they load the guard from this folder.
copyFileSync(guard, join(place, 'loopback-only.cjs'))
const attempts = join(place, 'attempts')
process.env['LOOPBACK_ONLY'] = attempts
guardChildren()
createRequire(import.meta.url)(guard)
afterEach(() => {
  let text: string
  try {
    text = readFileSync(attempts, 'utf8')
  } catch {
    return
  }
  rmSync(attempts)
  throw new Error(`A test connected to something that is not loopback:\n${text}`)
})

/** Adds the guard to the environment of each process that a test starts. */
function guardChildren(): void {
  const patched = childProcess as typeof childProcess & { guarded?: true }
  if (patched.guarded) return
  patched.guarded = true
  const added = (options: string | undefined) =>
    `${options ?? ''} --require ${join(dirname(process.env['LOOPBACK_ONLY'] ?? ''), 'loopback-only.cjs')}`.trimStart()
  const withGuard = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    ...env,
    LOOPBACK_ONLY: process.env['LOOPBACK_ONLY'],
    NODE_OPTIONS: added(env['NODE_OPTIONS']),
  })
  const prototype = ChildProcess.prototype as ChildProcess & {
    spawn(options: { envPairs?: string[] }): unknown
  }
  const spawn = prototype.spawn
  prototype.spawn = function (this: ChildProcess, options) {
    const env = Object.fromEntries((options.envPairs ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
    const envPairs = Object.entries(withGuard(env)).map(([name, value]) => `${name}=${value ?? ''}`)
    return spawn.call(this, { ...options, envPairs })
  }
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    const original = patched[name] as (...args: unknown[]) => unknown
    const guarded = (...args: unknown[]) => {
      const at = args.findIndex((each, index) => index > 0 && isOptions(each))
      const options = at < 0 ? {} : (args[at] as { readonly env?: NodeJS.ProcessEnv })
      const next = { ...options, env: withGuard(options.env ?? process.env) }
      return original(...(at < 0 ? [...args, next] : args.with(at, next)))
    }
    Object.assign(patched, { [name]: guarded })
  }
  syncBuiltinESMExports()
}

function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Half of what commands wait for in tests is the disk. Memory will do, if programs may be run from it. */
function memoryFolder(): string | undefined {
  const folder = '/dev/shm'
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === folder)
    const { bavail, bsize } = statfsSync(folder)
    return mount !== undefined && !mount.includes('noexec') && bavail * bsize > 2 ** 30 ? folder : undefined
  } catch {
    return undefined
  }
}
