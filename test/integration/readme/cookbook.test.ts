import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helpDocument, type Place, place } from './place.js'

/**
 * Every shell block of `occi help cookbook` and `occi help troubleshooting` is run as it stands. `<!-- as: NAME -->`
 * before a block names the sandbox persona that stands behind OCCI_ENDPOINT; `<!-- not run: why -->` excludes one, with
 * the reason.
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

function recipes(text: string): readonly Recipe[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(({ index, 1: script = '' }) => {
    const paragraphs = text
      .slice(0, index)
      .trim()
      .split(/\n{2,}/)
    const comment = /^<!--.*-->$/.test(paragraphs.at(-1) ?? '') ? paragraphs.pop() : undefined
    if (comment?.includes('not run:')) return []
    const persona = /as: ([\w-]+)/.exec(comment ?? '')?.[1] ?? 'standard'
    const title = paragraphs.at(-1) ?? ''
    return (releases[persona] ?? [persona]).map((each) => ({ title, persona: each, script }))
  })
}

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

describe('the recipes of help', () => {
  const all = ['cookbook', 'troubleshooting'].flatMap((name) => recipes(helpDocument(name)))

  it('the cookbook has recipes', () => expect(all.length).toBeGreaterThan(20))

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
})
