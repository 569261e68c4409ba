/** The guide: each block compiles strictly, runs, and prints what it says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { practiceCloud } from '../../../src/sandbox/public.js'
import { compile, project, root, run } from './project.js'

const guide = readFileSync(join(root, 'src/GUIDE.md'), 'utf8')
const programs = guide.split(/^## /m).flatMap((part) =>
  [...part.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text = '']) => ({
    chapter: part.split('\n', 1)[0],
    text,
  })),
)
const place = mkdtempSync(join(tmpdir(), 'occi-guide-'))
const cloud = practiceCloud()

beforeAll(async () => {
  const endpoint = await cloud.serve()
  const files = programs.map(({ text }, index): [string, string] => [
    `block${index}.ts`,
    text.replaceAll('https://cloud.example.org:8787/', endpoint),
  ])
  project(place, Object.fromEntries(files))
  await compile(place)
})

afterAll(async () => {
  await cloud.close()
  rmSync(place, { recursive: true, force: true })
})

it('each chapter of the guide has a program', () => {
  expect(programs.map(({ chapter }) => chapter)).toEqual(
    expect.arrayContaining([
      'Connect and log in',
      'List',
      'Create and wait',
      'Act and link',
      'Errors and uncertain outcomes',
      'Cancel and time out',
      'Several providers',
      'Write an auth plugin',
      'Test without a network',
    ]),
  )
})

it.each(programs.map((each, index) => ({ ...each, index })))(
  '$chapter: the program $index prints what the guide shows',
  async ({ text, index }) => {
    const { stdout, stderr } = await run(process.execPath, [join(place, 'out', `block${index}.js`)], {
      cwd: place,
    })
    const said = [...text.matchAll(/^\/\/ → (.*)$/gm)].map(([, line]) => line)
    if (said.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(said)
    else expect(stdout).toMatch(/# fail 0|ℹ fail 0/)
    expect(stderr).toBe('')
  },
)
