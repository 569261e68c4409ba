/** The npm package, unpacked into a temporary folder, as users run it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export function packedProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'occi-bench-'))
  const tarball = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
    {
      cwd: root,
      encoding: 'utf8',
    },
  ).trim()
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder])
  const home = join(folder, 'home')
  mkdirSync(home)
  return {
    occi: join(folder, 'package/bin/occi'),
    folder,
    env: environment(home),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The environment of the user, in which the targets were set, with an empty home and without settings of occi. */
function environment(home) {
  const settings = /^(OCCI_|XDG_|OS_|X509_|NO_COLOR$|FORCE_COLOR$|CI$)/
  const others = Object.entries(process.env).filter(([name]) => !settings.test(name))
  return { ...Object.fromEntries(others), HOME: home, TERM: 'dumb', LANG: 'C.UTF-8' }
}

/**
 * The environment without NODE_EXTRA_CA_CERTS, which few users set. Node would read these certificates at each start,
 * which takes so long that all ratios become small.
 */
export function withoutExtraCertificates({ NODE_EXTRA_CA_CERTS: _, ...env }) {
  return env
}
