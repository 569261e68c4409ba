import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guaranteeGroups } from '../../../src/cli/help/guarantees.js'
import { keptFiles, parties, reporting } from '../../../src/cli/help/security.js'
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
    for (const { sentences } of parties) for (const sentence of sentences) expect(words).toContain(sentence)
    expect(words).not.toMatch(/\.test\.ts/)
  })

  const model = readFileSync(join(root, 'src/SECURITY-MODEL.md'), 'utf8')
  const rows = parties.flatMap(({ name, sentences }) =>
    sentences.map((sentence) => [name, sentence] as const),
  )

  it.each(rows)('%s: "%s" stands in the security model with tests that exist', (name, sentence) => {
    const row = model.split('\n').find((line) => line.startsWith(`| ${name} | ${sentence} | `)) ?? ''
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '')
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('and the model has no row that help does not show', () => {
    const known = new Set(parties.map(({ name }) => name))
    const inModel = model.split('\n').filter((line) => known.has(/^\| ([^|]+) \|/.exec(line)?.[1] ?? ''))
    expect(inModel).toHaveLength(rows.length)
  })
})
