import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * nock 15.0.2 calls Promise.withResolvers, which Node 20 does not have. Only the tests need it.
 * A developer's own settings must not reach the tests either, so OCCI_* and OS_* are forgotten.
 */
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

// What integration tests fetch is kept for the next run, outside of the folder that goes with a test file.
process.env['INTEGRATION_CACHE'] ??= join(tmpdir(), `occi-integration-${process.getuid?.() ?? 0}`)

for (const name of Object.keys(process.env)) {
  if (/^(OCCI_|OS_|X509_|ROCCI_)/.test(name)) delete process.env[name]
}

// What a test file leaves in the temporary folder goes with it: thousands of runs would fill a disk.
const before = process.env['TMPDIR']
const place = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'occi-test-'))
process.env['TMPDIR'] = place
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(place, { recursive: true, force: true })
})

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
