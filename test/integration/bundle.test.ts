import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { machine } from '../cli/support/harness.js'

/** The packages that stand in files of their own are reached by the built program as by the sources. */
const home = mkdtempSync(join(tmpdir(), 'occi-bundle-'))
const occi = (...words: string[]) =>
  spawnSync(process.execPath, [resolve(import.meta.dirname, '../../bin/occi'), ...words], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env['PATH'], HOME: home, OCCI_ENDPOINT: 'sandbox:' },
  })
afterAll(() => rmSync(home, { recursive: true }))

describe('the built program', () => {
  it('the built program stores contexts with conf', () => {
    expect(occi('context', 'add', 'practice', '--endpoint', 'sandbox:')).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(occi('context', 'list', '-o', 'name').stdout).toBe('practice\n')
  })

  it('the built program lays tables out as cli-table3 does', async () => {
    const line = ['model', 'list', '-o', 'wide']
    const built = occi(...line)
    const here = await machine({ env: { OCCI_ENDPOINT: 'sandbox:' } }).occi(line)
    expect(built.stdout.split('\n').length).toBeGreaterThan(30)
    expect(built.stdout).toBe(here.out)
  })

  it('the built program evaluates --query with jmespath', () => {
    expect(occi('network', 'list', '--query', 'length(@)').stdout).toBe('2\n')
  })

  it('the built program reads clouds.yaml with yaml', () => {
    const { status, stderr } = occi('context', 'import', '/nowhere/clouds.yaml')
    expect([status, stderr.startsWith('occi: ')]).toEqual([2, true])
  })

  it('the built program checks a pattern of the model with re2js and names the expected value', () => {
    const { status, stderr } = occi(
      'compute',
      'create',
      '--os',
      'debian-12',
      '--size',
      'small',
      '--architecture',
      'z80',
    )
    expect([status, stderr]).toEqual([2, expect.stringContaining('x86')])
  })

  it('the built program finds the default exports of ESM packages', () => {
    const script = `
      const text = require('node:fs').readFileSync(${JSON.stringify(resolve(import.meta.dirname, '../../dist/occi.cjs'))}, 'utf8')
      const bad = text.match(/__toESM\\(require\\("\\.\\/vendor\\/[^"]+"\\), 1\\)/g)
      console.log(JSON.stringify(bad))`
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    expect(stdout).toBe('null\n')
  })
})
