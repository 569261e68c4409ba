import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guaranteeGroups } from '../../../src/cli/help/guarantees.js'
import { parties, reporting, storedFiles } from '../../../src/cli/help/security.js'
import { machine } from '../support/harness.js'

const root = join(import.meta.dirname, '../../..')
const guarantees = guaranteeGroups.flatMap((group) => group.guarantees)
const { occi } = machine()

/** How many tests carry the id of each promise: `// Guarantee: sent-once, journal-first`. */
const proofs = new Map<string, number>()
for (const path of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.test.ts')) continue
  const text = readFileSync(join(root, 'test', path), 'utf8')
  for (const [, ids = ''] of text.matchAll(/^ *\/\/ Guarantee: ([a-z, -]+)\n *(?:it|describe)\b/gm)) {
    for (const id of ids.split(', ')) proofs.set(id, (proofs.get(id) ?? 0) + 1)
  }
}

describe('each guarantee', () => {
  it.each(guarantees.map(({ id }) => id))('the guarantee %s has a test that carries its id', (id) => {
    expect(proofs.get(id) ?? 0).toBeGreaterThan(0)
  })

  it('each guarantee has a unique id, and no test carries an unknown one', () => {
    const ids = guarantees.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(15)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...proofs.keys()].filter((id) => !ids.includes(id))).toEqual([])
  })

  it('occi help guarantees shows each guarantee, without paths of tests', async () => {
    const { status, out } = await occi('help guarantees')
    expect(status).toBe(0)
    const words = out.replaceAll(/\s+/g, ' ')
    for (const { promise } of guarantees) expect(words).toContain(promise)
    expect(words).not.toMatch(/\.test\.ts|%s/)
  })
})

describe('occi help security', () => {
  it('occi help security describes what is stored where and how to report a vulnerability', async () => {
    const { out } = await occi('help security')
    const words = out.replaceAll(/\s+/g, ' ')
    for (const { path: place, content: what } of storedFiles) expect(words).toContain(`${place} ${what}`)
    expect(words).toContain(reporting)
    for (const { sentences } of parties) for (const sentence of sentences) expect(words).toContain(sentence)
    expect(words).not.toMatch(/\.test\.ts/)
  })

  const model = readFileSync(join(root, 'src/SECURITY-MODEL.md'), 'utf8')
  const rows = parties.flatMap(({ name, sentences }) =>
    sentences.map((sentence) => [name, sentence] as const),
  )

  it.each(rows)('the row %s: "%s" of the security model names tests that exist', (name, sentence) => {
    const row = model.split('\n').find((line) => line.startsWith(`| ${name} | ${sentence} | `)) ?? ''
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '')
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('occi help security shows every row of the security model', () => {
    const known = new Set(parties.map(({ name }) => name))
    const inModel = model.split('\n').filter((line) => known.has(/^\| ([^|]+) \|/.exec(line)?.[1] ?? ''))
    expect(inModel).toHaveLength(rows.length)
  })
})
