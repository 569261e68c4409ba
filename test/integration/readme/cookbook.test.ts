import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Place, place, readme } from './place.js'

/**
 * Every shell block of the README's cookbook is run as it stands. `<!-- as: NAME -->` before a block names
 * the sandbox persona that stands behind OCCI_ENDPOINT; `<!-- not run: why -->` excludes one, with the reason.
 */
interface Recipe {
  readonly title: string
  readonly persona: string
  readonly script: string
}

/** Entries for OCCI-OS run on the names of all its releases. */
const releases: Readonly<Record<string, readonly string[]>> = {
  'occi-os': ['occi-os', 'occi-os-grizzly', 'occi-os-havana'],
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
    for (const each of releases[persona] ?? [persona])
      found.push({ title, persona: each, script: match[1] ?? '' })
  }
  return found
}

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

describe("the README's cookbook", () => {
  const all = recipes()

  it('the cookbook has entries', () => expect(all.length).toBeGreaterThan(15))

  it('the cookbook has the idioms of existing scripts, one line each', () => {
    const { script = '' } = all.find(({ title }) => title.includes('awk')) ?? {}
    const lines = script.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(line).toMatch(/occi .* # /)
  })

  it.each(all.map((recipe, at) => [`${at + 1} (${recipe.persona}): ${recipe.title}`, recipe] as const))(
    'the cookbook entry %s runs',
    async (_, { persona, script }) => {
      const cloud = await here.cloud(persona === 'standard' ? [] : ['--as', persona])
      const { status, err } = cloud.run(`set -euo pipefail\n${script}`)
      await cloud.stop()
      // What is to fail in a recipe says why.
      if (script.includes('= 2 ]')) expect(err).toMatch(/^(occi: .*\n( .*\n)*)+$/)
      else expect(err).not.toMatch(/^occi:|warn/im)
      expect(status).toBe(0)
    },
    140_000,
  )

  it('the idioms of the cookbook set and unset variables as described', async () => {
    const { script = '' } = all.find(({ title }) => title.includes('awk')) ?? {}
    const cloud = await here.cloud()
    const shown = ['STATE', 'URL', 'ADDRESS', 'NETWORKS', 'IMAGE'].map((name) => `echo "${name}=$${name}"`)
    const { out } = cloud.run(`set -euo pipefail\n${script}\n${shown.join('\n')}`)
    await cloud.stop()
    expect(out).toMatch(
      /\nSTATE=active\nURL=http:\S+\/compute\/\S+\nADDRESS=203\.0\.113\.\d+\nNETWORKS=public\nIMAGE=\S+\n$/,
    )
    expect(here.ssh().at(-1)).toMatch(
      /^-l debian -o StrictHostKeyChecking=accept-new -- 203\.0\.113\.\d+ uname -a$/,
    )
  }, 70_000)
})
