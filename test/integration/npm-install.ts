/**
 * Installs packages for a test. The registry may be slow or absent: a test says what it waits for, and not for ever.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Milliseconds for one installation. */
const longest = 180_000

export async function npmInstall(
  folder: string,
  packages: readonly string[],
  more: readonly string[] = [],
): Promise<void> {
  const what = packages.join(', ')
  process.stderr.write(`Installing ${what} from the npm registry, for at most ${longest / 1000} s …\n`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const words = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', ...more, ...packages]
  await new Promise<void>((resolve, reject) => {
    execFile('npm', words, { cwd: folder, timeout: longest, killSignal: 'SIGKILL' }, (error, _, stderr) => {
      if (error === null) return resolve()
      const why = error.killed ? `nothing came within ${longest / 1000} s` : stderr.trim().slice(-500)
      reject(new Error(`${what} could not be installed, which this test needs from the npm registry: ${why}`))
    })
  })
}
