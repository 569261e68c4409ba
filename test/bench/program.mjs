/** The packed program, unpacked into a temporary folder, as users run it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export function packedProgram() {
  const place = mkdtempSync(join(tmpdir(), 'occi-bench-'))
  const tarball = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
  execFileSync('tar', ['-xzf', join(place, tarball), '-C', place])
  const home = join(place, 'home')
  mkdirSync(home)
  const { PATH } = process.env
  return {
    occi: join(place, 'package/bin/occi'),
    place,
    env: { PATH, HOME: home, TERM: 'dumb', LANG: 'C.UTF-8' },
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}
