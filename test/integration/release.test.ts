/** `.ci/release`: what it makes, without the checks before. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'occi-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('makes the package, an SBOM of what is installed with it and what is in its bundle, and checksums', () => {
  const said = execFileSync(join(root, '.ci/release'), [folder, '--unchecked'], { encoding: 'utf8' })
  expect(said).toContain('npm publish --provenance')
  const names = readdirSync(folder).sort()
  expect(names).toEqual([
    'SHA256SUMS',
    expect.stringMatching(/^occi-cli-.*\.cdx\.json$/),
    expect.stringMatching(/^occi-cli-.*\.tgz$/),
  ])
  const [, sbom = ''] = names
  const bill = JSON.parse(readFileSync(join(folder, sbom), 'utf8')) as {
    bomFormat: string
    components: { name: string; purl: string }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  const components = new Set(bill.components.map(({ purl }) => purl.replace(/@[^@]*$/, '')))
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies))
    expect(components).toContain(`pkg:npm/${name.replace('@', '%40')}`)
  const bundled = ['@clack/prompts', 'chalk', 'cli-table3', 'commander', 'conf', 'jmespath', 'ora']
  for (const name of Object.keys(devDependencies)) {
    const purl = `pkg:npm/${name.replace('@', '%40')}`
    expect([purl, components.has(purl)]).toEqual([purl, bundled.includes(name)])
  }
  for (const line of readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n')) {
    const [sum, file = ''] = line.split(/\s+/)
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ).toBe(sum)
  }
}, 120_000)
