/** What is committed in man/ and completions/ is what the declarations say. To make it so: npm run docs. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandEntries } from '../../src/cli/commands/index.js'
import { generatedFiles } from '../../src/cli/docs/index.js'
import { loadTree } from '../../src/cli/docs/load.js'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  man: readonly string[]
}
const files = generatedFiles(await loadTree(manifest.version, commandEntries))

describe('committed manual pages and completions', () => {
  it.each(files.map((file) => [file.name, file.text]))(
    '%s is up to date (else: npm run docs)',
    (name, text) => {
      const path = join(root, name)
      expect(existsSync(path) ? readFileSync(path, 'utf8') : `missing: ${name}`).toBe(text)
    },
  )

  it('the committed manual pages are those that package.json lists, so that npm installs them', () => {
    expect(manifest.man).toEqual(
      readdirSync(join(root, 'man'))
        .sort()
        .map((name) => `./man/${name}`),
    )
  })

  it('no committed manual page or completion is obsolete', () => {
    const there = ['man', 'completions'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    )
    const generated = new Set(files.map((file) => file.name))
    // Written by hand, with the promises that the fault tests keep.
    const byHand = new Set(['man/occi-guarantees.7'])
    expect(there.filter((name) => !generated.has(name) && !byHand.has(name))).toEqual([])
  })
})
