import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../support/serve.js'

/**
 * Every shell block of the README's cookbook is run as it stands. `<!-- as: NAME -->` before a block names
 * the sandbox persona that stands behind OCCI_ENDPOINT; `<!-- not run: why -->` excludes one, with the reason.
 */
const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

interface Recipe {
  readonly title: string
  readonly persona: string
  readonly script: string
}

function recipes(): Recipe[] {
  const start = readme.indexOf('\n## Cookbook\n')
  const end = readme.indexOf('\n## ', start + 1)
  const section = readme.slice(start, end < 0 ? undefined : end)
  const found: Recipe[] = []
  for (const match of section.matchAll(/```sh\n([\s\S]*?)```/g)) {
    const before =
      section
        .slice(0, match.index)
        .trimEnd()
        .split(/\n{2,}/)
        .at(-1) ?? ''
    if (before.includes('<!-- not run:')) continue
    const persona = /<!-- as: ([\w-]+) -->/.exec(before)?.[1] ?? 'standard'
    const words = section
      .slice(0, match.index)
      .replace(/<!--.*?-->/gs, '')
      .trim()
    const title = (words.split(/\n{2,}/).at(-1) ?? '').replaceAll('\n', ' ')
    found.push({ title, persona, script: match[1] ?? '' })
  }
  return found
}

const place = mkdtempSync(join(tmpdir(), 'occi-cookbook-'))
const bin = join(place, 'bin')

beforeAll(() => {
  mkdirSync(bin)
  symlinkSync(join(root, 'bin/occi'), join(bin, 'occi'))
  writeFileSync(join(place, 'id_ed25519.pub'), 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemo demo@example\n')
  writeFileSync(join(place, 'cloud-init.yaml'), '#cloud-config\n')
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe("the README's cookbook", () => {
  const all = recipes()

  it('has entries', () => expect(all.length).toBeGreaterThan(2))

  it.each(all.map((recipe, at) => [`${at + 1} (${recipe.persona}): ${recipe.title}`, recipe] as const))(
    'runs %s',
    async (_, recipe) => {
      const home = mkdtempSync(join(place, 'home-'))
      const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: home, LANG: 'C.UTF-8' }
      const sandbox = await serve(join(bin, 'occi'), env, [
        '--speed',
        '0',
        ...(recipe.persona === 'standard' ? [] : ['--as', recipe.persona]),
      ])
      const child = spawnSync('bash', ['-c', `set -euo pipefail\n${recipe.script}`], {
        cwd: place,
        encoding: 'utf8',
        input: '',
        timeout: 60_000,
        env: { ...env, OCCI_ENDPOINT: sandbox.endpoint },
      })
      await sandbox.stop()
      expect(child.stderr).toBe('')
      expect(child.status).toBe(0)
    },
    70_000,
  )
})
