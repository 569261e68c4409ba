/** Our column of each table of `occi help migrating` is run from top to bottom, as it stands. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blocks, helpDocument, type Place, place, section } from './place.js'

const document = helpDocument('migrating')

/** Left and right of each row; a bar inside a command is escaped. */
function rows(title: string): readonly (readonly [theirs: string, ours: string])[] {
  return section(document, title)
    .split('\n')
    .flatMap((line) => {
      const [, theirs, ours] = /^\| `(.*)` \| `(.*)` \|$/.exec(line) ?? []
      return theirs === undefined || ours === undefined
        ? []
        : [[theirs, ours.replaceAll('\\|', '|')] as const]
    })
}

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

const programs = ['openstack', 'hcloud', 'kubectl', 'rOCCI-cli']

it('each table has two columns of commands', () => {
  for (const program of programs) {
    const lines = section(document, `From ${program}`)
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(lines.length).toBeGreaterThan(10)
    expect(rows(`From ${program}`)).toHaveLength(lines.length)
  }
})

it.each(programs)(
  'what stands beside the commands of %s works',
  async (program) => {
    const cloud = await here.cloud()
    writeFileSync(join(cloud.home, 'stack.yaml'), blocks(helpDocument('stacks'), 'yaml')[0] ?? '')
    const ours = rows(`From ${program}`).map(([, command]) => command)
    const shown = ['STATE', 'URL', 'ADDRESS', 'NETWORKS', 'IMAGE'].map(
      (name) => `echo "${name}=\${${name}:-}"`,
    )
    const { status, out, err } = cloud.run(
      ['set -euo pipefail', 'occi context add lab --endpoint "$OCCI_ENDPOINT"', ...ours, ...shown].join('\n'),
    )
    await cloud.stop()
    expect(status, err).toBe(0)
    expect(err).not.toMatch(/^occi:|warn/im)
    // The idioms of scripts fill variables.
    if (program === 'rOCCI-cli')
      expect(out).toMatch(
        /\nSTATE=active\nURL=http:\S+\/compute\/\S+\nADDRESS=203\.0\.113\.\d+\nNETWORKS=public\nIMAGE=\S+\n$/,
      )
  },
  180_000,
)
