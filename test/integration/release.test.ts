/**
 * `.ci/release`: what it makes, without the checks before. Compressed as little as possible, to save time. Needs
 * rpmbuild, rpmlint and mmdebstrap, which .ci/run installs from Debian, and root.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const place = mkdtempSync(join(tmpdir(), 'occi-release-'))
const folder = join(place, 'first')
afterAll(() => rmSync(place, { recursive: true, force: true }))

const { version, dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as { version: string; dependencies: Record<string, string>; devDependencies: Record<string, string> }
const tar = join(folder, `occi-cli-${version}-linux-x64.tar.xz`)
const deb = join(folder, `occi-cli_${version}_amd64.deb`)
const rpm = join(folder, `occi-cli-${version}-1.x86_64.rpm`)

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', ...env },
    maxBuffer: 10_000_000,
  })
}

function release(into: string): string {
  mkdirSync(into)
  return run(join(root, '.ci/release'), [into, '--unchecked'], {
    ...process.env,
    OCCI_COMPRESSION: '0',
  })
}

let said = ''
beforeAll(() => {
  said = release(folder)
}, 600_000)

describe('a release', () => {
  it('a release contains the npm package, the executable in three forms, an SBOM of its content, and checksums', () => {
    expect(said).toContain('npm publish --provenance')
    expect(readdirSync(folder).sort()).toEqual(
      [
        'SHA256SUMS',
        `occi-cli-${version}-1.x86_64.rpm`,
        `occi-cli-${version}-linux-x64.tar.xz`,
        `occi-cli-${version}.cdx.json`,
        `occi-cli-${version}.tgz`,
        `occi-cli_${version}_amd64.deb`,
      ].sort(),
    )
    const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(5)
    for (const line of lines) {
      const [sum, file = ''] = line.split(/\s+/)
      const bytes = readFileSync(join(folder, file))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum)
    }
    const bill = JSON.parse(readFileSync(join(folder, `occi-cli-${version}.cdx.json`), 'utf8')) as {
      bomFormat: string
      components: { name: string; purl: string }[]
    }
    expect(bill.bomFormat).toBe('CycloneDX')
    const components = new Set(bill.components.map(({ purl }) => purl.replace(/@[^@]*$/, '')))
    const purl = (name: string) => `pkg:npm/${name.replace('@', '%40')}`
    for (const name of Object.keys(dependencies)) expect(components).toContain(purl(name))
    const bundled = [
      '@clack/prompts',
      '@hpcc-js/wasm-graphviz',
      'chalk',
      'cli-table3',
      'commander',
      'conf',
      'jmespath',
      'ora',
    ]
    for (const name of Object.keys(devDependencies)) {
      expect([name, components.has(purl(name))]).toEqual([name, bundled.includes(name)])
    }
    expect(components).toContain('pkg:generic/node')
  })

  it('a release has the same bytes each time', () => {
    const again = join(place, 'second')
    release(again)
    const sums = (of: string) => readFileSync(join(of, 'SHA256SUMS'), 'utf8')
    expect(sums(again)).toBe(sums(folder))
    rmSync(again, { recursive: true })
  }, 600_000)
})

/** A life of a machine at a sandbox of its own, for a shell that has nothing but `occi`. */
const life = `
set -eu
occi --version
occi compute create web -e sandbox: --os debian-12 --size small --wait -o id >id
occi compute stop web -e sandbox: --wait >/dev/null
occi compute describe web -e sandbox: -o value --columns state
occi compute delete web -e sandbox: --yes >/dev/null
occi compute list -e sandbox: -o json
occi man storage --roff | head -n 2 | tail -n 1
occi completion install bash -o value --columns file
`
const story = new RegExp(
  `^${version.replaceAll('.', '\\.')}\ninactive\n\\[\\]\n\\.TH "OCCI\\\\-STORAGE" 1 .*\n\\S+/completions/occi\n$`,
)

describe('the executable', () => {
  it('the executable runs without Node and without other files, also with a limited address space', () => {
    const alone = join(place, 'alone')
    mkdirSync(alone)
    run('tar', ['-xJf', tar, '-C', alone])
    const [top = ''] = readdirSync(alone)
    const names = readdirSync(join(alone, top)).sort()
    expect(names).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY', 'completions', 'man', 'occi'])
    expect(readFileSync(join(alone, top, 'THIRD-PARTY'), 'utf8')).toMatch(/undici[\s\S]*---- Node\.js/)
    const home = join(alone, 'home')
    mkdirSync(home)
    const bare = { HOME: home, PATH: `${alone}:/usr/bin:/bin` }
    run('mv', [join(alone, top, 'occi'), join(alone, 'occi')])
    rmSync(join(alone, top), { recursive: true })
    expect(run('sh', ['-c', `cd ${home} && ulimit -v 8000000 && ${life}`], bare)).toMatch(story)
    expect(run('occi', ['sandbox', 'tour'], bare)).toContain('That was the life of a machine.')
  }, 120_000)
})

describe('the .deb', () => {
  it('the .deb has its files where Debian wants them, no scripts, and no fault that lintian reports', () => {
    const files = run('dpkg-deb', ['--contents', deb])
    for (const file of [
      './usr/bin/occi',
      './usr/share/man/man1/occi-compute.1.gz',
      './usr/share/man/man7/occi-security.7.gz',
      './usr/share/bash-completion/completions/occi',
      './usr/share/zsh/vendor-completions/_occi',
      './usr/share/fish/vendor_completions.d/occi.fish',
    ]) {
      expect(files).toContain(` ${file}\n`)
    }
    const control = join(place, 'control')
    run('dpkg-deb', ['--control', deb, control])
    expect(readdirSync(control).sort()).toEqual(['control', 'md5sums'])
    expect(run('lintian', ['--allow-root', '--fail-on', 'none', deb])).toBe('')
  }, 600_000)

  it('the .deb is installed by dpkg into a clean Debian and runs there', () => {
    const clean = join(place, 'clean')
    // What the control file depends on; dpkg refuses to install the package without it.
    const base = ['--quiet', '--variant=essential', '--include=libatomic1,libstdc++6']
    const hooks = [`copy-in ${deb} /`, `chroot "$1" dpkg -i /occi-cli_${version}_amd64.deb`]
    run('mmdebstrap', [...base, ...hooks.map((hook) => `--customize-hook=${hook}`), 'bookworm', clean])
    const inside = [
      '-i',
      'HOME=/root',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'chroot',
      clean,
      'sh',
      '-c',
      `cd /root && ${life}`,
    ]
    expect(run('env', inside)).toMatch(story)
    rmSync(clean, { recursive: true })
  }, 600_000)
})

describe('the .rpm', () => {
  it('the .rpm has its files where Fedora wants them, no scripts, and requires what the executable needs', () => {
    const ask = (...words: string[]) => run('rpm', ['--query', '--package', ...words, rpm])
    const files = ask('--list').split('\n')
    for (const file of [
      '/usr/bin/occi',
      '/usr/share/man/man1/occi-compute.1.gz',
      '/usr/share/zsh/site-functions/_occi',
      '/usr/share/licenses/occi-cli/THIRD-PARTY',
    ]) {
      expect(files).toContain(file)
    }
    expect(ask('--scripts')).toBe('')
    expect(ask('--requires')).toContain('libatomic.so.1()(64bit)')
    const unpacked = join(place, 'rpm')
    mkdirSync(unpacked)
    run('sh', ['-c', `cd ${unpacked} && rpm2cpio ${rpm} | cpio --quiet -id`])
    expect(run(join(unpacked, 'usr/bin/occi'), ['--version'])).toBe(`${version}\n`)
  }, 600_000)

  it('a .rpm that is made likewise of another program has no fault for rpmlint', () => {
    // rpmlint 2.4.0 ends at the real one: it reads all strings in a program as UTF-8, and code caches are none.
    const around = join(place, 'rpmlint')
    mkdirSync(around)
    const words = [around, '/bin/true', join(root, 'LICENSE')]
    run(join(root, '.ci/packages'), words, { ...process.env, OCCI_COMPRESSION: '0' })
    const made = join(around, `occi-cli-${version}-1.x86_64.rpm`)
    expect(run('rpmlint', ['--config', join(root, '.ci/rpmlint.toml'), made])).toMatch(
      / 0 errors, 0 warnings, /,
    )
  }, 600_000)
})
