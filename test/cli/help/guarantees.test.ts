import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guaranteeGroups } from '../../../src/cli/help/guarantees.js'
import { keptFiles, reporting } from '../../../src/cli/help/security.js'
import { machine } from '../support/harness.js'

const root = join(import.meta.dirname, '../../..')
const guarantees = guaranteeGroups.flatMap((group) => group.guarantees)
const proofs = guarantees.flatMap((guarantee) => guarantee.proofs)
const { occi } = machine()

describe('each guarantee', () => {
  it('has a test that proves it', () => {
    expect(guarantees.filter((guarantee) => guarantee.proofs.length === 0)).toEqual([])
    expect(guarantees.length).toBeGreaterThan(15)
  })

  it.each(proofs.map(({ file, name }) => [file, name]))('%s has the test "%s"', (file, name) => {
    const path = join(root, file)
    expect(existsSync(path)).toBe(true)
    const named = readFileSync(path, 'utf8').matchAll(/\(\s*(['"`])((?:\\.|(?!\1).)*)\1,\s*(?:async )?\(/gs)
    expect([...named].map(([, , text]) => text?.replaceAll(/\\(['"`])/g, '$1'))).toContain(name)
  })

  it('stands in occi help guarantees with its tests', async () => {
    const { status, out } = await occi('help guarantees')
    expect(status).toBe(0)
    const words = out.replaceAll(/\s+/g, ' ')
    for (const { promise } of guarantees) expect(words).toContain(promise)
    for (const { file, name } of proofs) expect(words).toContain(`${file} ${name}`)
  })
})

describe('occi help security', () => {
  it('tells what is kept where and how to report', async () => {
    const { out } = await occi('help security')
    const words = out.replaceAll(/\s+/g, ' ')
    for (const { place, what } of keptFiles) expect(words).toContain(`${place} ${what}`)
    expect(words).toContain(reporting)
  })
})
