/**
 * Four programs, written from the guide and the types: an exporter over several providers, a job runner that rolls
 * back, a browser of models, and tests with a plugin and a transport of their own. They compile strictly, without
 * casts, and run on each Node that is supported.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { npmInstall } from '../npm-install.js'
import { compile, project, root, run } from './project.js'

const fixtures = join(root, 'test/fixtures/programs')
const sources = readdirSync(fixtures).filter((name) => name.endsWith('.ts'))
const files = Object.fromEntries(sources.map((name) => [name, readFileSync(join(fixtures, name), 'utf8')]))
const place = mkdtempSync(join(tmpdir(), 'occi-programs-'))
const built = join(place, 'project')

beforeAll(() => project(built, files))
afterAll(() => rmSync(place, { recursive: true, force: true }))

it('the example programs have no casts', () => {
  for (const text of Object.values(files).map((each) => each.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, ''))) {
    expect(text.match(/\bas (?!const\b)[\w<{[]|<any>|: any\b|@ts-|!\.|!;/g)).toBeNull()
  }
})

describe('the compiler', () => {
  it('the newest compiler, that of this repository, accepts the programs', () => compile(built), 60_000)

  /** The types of Node 20 (`typeScriptVersion` in their package.json) ask for it. */
  const oldest = '5.3'

  it('the oldest supported compiler accepts the programs', async () => {
    const types = JSON.parse(readFileSync(join(root, 'node_modules/@types/node/package.json'), 'utf8')) as {
      typeScriptVersion: string
    }
    expect(types.typeScriptVersion).toBe(oldest)
    const tools = join(place, 'typescript')
    await npmInstall(tools, [`typescript@~${oldest}.0`])
    await compile(built, tools)
  }, 300_000)
})

describe.each([20, 22, 24, 26])('Node %i', (major) => {
  const tools = join(place, `node-${major}`)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const node = join(tools, 'node_modules', name, 'bin/node')
  // The types of the library are those of Node 20; a newer one has what that one has.
  beforeAll(async () => {
    await npmInstall(tools, [`${name}@${major}`])
    await compile(built)
  }, 300_000)

  it('this version of Node runs the programs', async () => {
    expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`))
    for (const program of ['exporter', 'jobs', 'browser']) {
      const { stdout, stderr } = await run(node, [join(built, 'out', `${program}.js`)], { cwd: built })
      const said = readFileSync(join(fixtures, `${program}.txt`), 'utf8')
      expect({ program, stdout, stderr }).toEqual({ program, stdout: said, stderr: '' })
    }
  }, 60_000)

  it('this version of Node runs the tests by node --test', async () => {
    const words = ['--test', '--test-reporter=tap', join(built, 'out/plugin-tests.js')]
    const { stdout } = await run(node, words, { cwd: built })
    expect(stdout).toMatch(/^# fail 0$/m)
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(3)
  }, 60_000)
})
