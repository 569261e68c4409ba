import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Installed, install, root } from './installed.js'

let program: Installed

beforeAll(() => {
  program = install()
}, 110_000)

afterAll(() => program?.remove())

describe('the packed package', () => {
  it('the packed package answers --version with the version in package.json', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const { stdout, status } = program.occi('--version')
    expect({ stdout, status }).toEqual({ stdout: `${version}\n`, status: 0 })
  })

  it('the packed package contains its manual page, completions and licence, and neither sources nor tests', () => {
    const installed = join(program.project, 'node_modules/occi-cli')
    expect(readdirSync(join(installed, 'man'))).toContain('occi.1')
    expect(readdirSync(join(installed, 'completions')).length).toBeGreaterThanOrEqual(3)
    for (const name of ['LICENSE', 'dist/NOTICES.txt', 'dist/GUIDE.md'])
      expect(existsSync(join(installed, name))).toBe(true)
    expect(readdirSync(installed)).not.toContain('src')
    expect(readdirSync(installed)).not.toContain('test')
  })

  it('the packed package runs a command against the embedded sandbox', () => {
    const { stdout, stderr } = program.occi(
      'mixin',
      'list',
      '--of',
      'os_tpl',
      '--endpoint',
      'sandbox:',
      '-o',
      'json',
    )
    expect(stderr).toBe('')
    const found = JSON.parse(stdout) as { term: string }[]
    expect(found.map((image) => image.term)).toContain('debian-12')
  })

  it('the packed package installs the packages that the library imports, and none of the command line', () => {
    const there = readdirSync(join(program.project, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(there.sort()).toEqual(['@napi-rs', 'occi-cli', 're2js', 'undici', 'yaml'])
  })

  it('the packed package is a library with types that a strict consumer compiles', () => {
    writeFileSync(
      join(program.project, 'example.ts'),
      `import { connect, type Entity } from 'occi-cli'
const client = await connect({ endpoint: 'http://localhost:1/' })
export async function titles(): Promise<string[]> {
  const found: string[] = []
  for await (const entity of client.list('compute')) found.push(titleOf(entity))
  return found
}
function titleOf(entity: Entity): string { return entity.title ?? entity.kind }
`,
    )
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    }
    writeFileSync(
      join(program.project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['example.ts'] }),
    )
    const { stdout, status } = program.run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'])
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })

  it('the packed package passes publint and @arethetypeswrong/cli as a package of ES modules', () => {
    const tool = (name: string, ...words: string[]) => {
      const { stdout, stderr, status } = program.run(join(root, 'node_modules/.bin', name), words)
      return { status, output: status === 0 ? '' : stdout + stderr }
    }
    expect(tool('publint', '--strict', program.tarball)).toEqual({ status: 0, output: '' })
    expect(tool('attw', '--profile', 'esm-only', program.tarball)).toEqual({ status: 0, output: '' })
  })

  it('the packed package installs globally without a script that npm warns of, and man finds its pages', () => {
    const prefix = join(program.place, 'prefix')
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund']
    const words = ['install', '--global', '--prefix', prefix, ...quiet, program.tarball]
    const { status, stderr } = spawnSync('npm', words, { encoding: 'utf8', timeout: 170_000 })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const found = readdirSync(join(root, 'man')).filter(
      (name) => !existsSync(join(prefix, 'share/man', `man${name.slice(-1)}`, name)),
    )
    expect(found).toEqual([])
  }, 180_000)

  it('the packed package has one file of the library for each folder of the sources, not one for each source', () => {
    const files = readdirSync(join(program.project, 'node_modules/occi-cli'), {
      recursive: true,
      withFileTypes: true,
    })
    expect(files.filter((each) => each.isFile()).length).toBeLessThan(150)
  })

  it('the packed library has at each entry point its own names only, and everywhere the same class of errors', () => {
    writeFileSync(
      join(program.project, 'entries.mjs'),
      `
import { OcciError } from 'occi-cli'
import * as auth from 'occi-cli/auth'
import * as sandbox from 'occi-cli/sandbox'
import * as testing from 'occi-cli/testing'
console.log(Object.keys(sandbox).join(), Object.keys(testing).join(), 'bareUrl' in auth)
await auth.loadAuthPlugin('nobody').catch((error) => console.log(error instanceof OcciError))
`,
    )
    expect(program.run(process.execPath, ['entries.mjs'])).toMatchObject({
      stdout: 'personaNames,practiceCloud transportCases false\ntrue\n',
      status: 0,
    })
  })

  it('the packed package stays small', () => {
    expect(statSync(join(program.project, 'node_modules/occi-cli/dist/occi.cjs')).size).toBeLessThan(
      5_000_000,
    )
  })
})

describe('a lifecycle in a shell script', () => {
  it('a shell script goes from create to delete with one identifier line and correct exit statuses', async () => {
    const { endpoint, stop } = await program.serve()
    const script = `
set -eu
E=${endpoint}
ID=$(occi compute create --endpoint "$E" --os debian-12 --size small --wait -o id)
echo "lines: $(printf '%s\\n' "$ID" | wc -l)"
occi compute describe "$ID" --endpoint "$E" -o json > describe.json
occi compute stop "$ID" --wait --endpoint "$E" >/dev/null
echo "stopped: $(occi compute describe "$ID" --endpoint "$E" -o value --columns state)"
occi compute start "$ID" --wait --endpoint "$E" >/dev/null
VOL=$(occi storage create --title data --size 10 --endpoint "$E" --wait -o id)
occi compute link "$ID" "$VOL" --endpoint "$E" >/dev/null
echo "linked: $(occi compute describe "$ID" --endpoint "$E" -o json | grep -c storagelink)"
occi compute unlink "$ID" "$VOL" --endpoint "$E" >/dev/null
occi compute delete "$ID" --yes --endpoint "$E" >/dev/null
occi storage delete "$VOL" --yes --endpoint "$E" >/dev/null
set +e
occi compute describe no-such-machine --endpoint "$E" >/dev/null 2>&1
echo "missing: $?"
`
    const { stdout, stderr, status } = program.run('bash', ['-c', script])
    await stop()
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^lines: 1\nstopped: inactive\nlinked: [1-9]\d*\nmissing: 6\n$/)
    expect(status).toBe(0)
    const described = JSON.parse(readFileSync(join(program.project, 'describe.json'), 'utf8')) as Record<
      string,
      unknown
    >
    expect(described).toMatchObject({
      state: 'active',
      attributes: { 'occi.compute.cores': expect.any(Number) },
    })
  }, 60_000)

  it('sandbox: keeps its state between two commands, and loses it on reset', () => {
    const made = program.occi(
      'storage',
      'create',
      '--title',
      'kept',
      '--size',
      '1',
      '--endpoint',
      'sandbox:',
      '-o',
      'name',
    )
    expect(made.stderr).toBe('')
    const shown = program.occi(
      'storage',
      'describe',
      made.stdout.trim(),
      '--endpoint',
      'sandbox:',
      '-o',
      'json',
    )
    expect(JSON.parse(shown.stdout)).toMatchObject({ title: 'kept' })
    expect(program.occi('sandbox', 'reset', '--yes').status).toBe(0)
    expect(program.occi('storage', 'describe', made.stdout.trim(), '--endpoint', 'sandbox:').status).toBe(6)
  })
})

describe('bad input', () => {
  const first = (text: string) => text.split('\n', 1)[0] ?? ''

  it('a missing endpoint is refused with the ways to give one', () => {
    const { stdout, stderr, status } = program.occi('compute', 'list')
    expect(stdout).toBe('')
    expect(status).toBe(2)
    for (const word of ['--endpoint', 'OCCI_ENDPOINT', 'sandbox:']) expect(stderr).toContain(word)
  })

  it('an unreachable endpoint is reported as unreachable', () => {
    const { stderr, status } = program.occi('compute', 'list', '--endpoint', 'http://127.0.0.1:9/')
    expect(first(stderr)).toMatch(/127\.0\.0\.1:9/)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(status).toBe(10)
  })

  it('an unknown image is refused with suggestions', () => {
    const { stderr, status } = program.occi(
      'compute',
      'create',
      '--os',
      'debain-12',
      '--endpoint',
      'sandbox:',
    )
    expect(stderr).toContain('debian-12')
    expect([2, 6]).toContain(status)
  })

  it('an attribute of the wrong type is refused before anything is sent', () => {
    const { stderr, status } = program.occi(
      'compute',
      'create',
      '--attribute',
      'occi.compute.cores=many',
      '--endpoint',
      'sandbox:',
    )
    expect(stderr).toContain('occi.compute.cores')
    expect(status).toBe(2)
  })
})
