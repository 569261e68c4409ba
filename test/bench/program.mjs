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
  return {
    occi: join(place, 'package/bin/occi'),
    place,
    env: environment(home),
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}

/** The user's own, as the targets were set in, with an empty home and without settings of occi. */
function environment(home) {
  const ours = /^(OCCI_|XDG_|OS_|X509_|NO_COLOR$|FORCE_COLOR$|CI$)/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  return { ...Object.fromEntries(kept), HOME: home, TERM: 'dumb', LANG: 'C.UTF-8' }
}

/**
 * As users are, who do not set NODE_EXTRA_CA_CERTS: Node reads those certificates at each start, whatever it runs,
 * which makes it slow and all ratios small.
 */
export function asUsers({ NODE_EXTRA_CA_CERTS: _, ...env }) {
  return env
}
