import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { findSchema, type SchemaName, schemas } from '../../../src/cli/output/schema.js'
import { type Machine, machine } from '../support/harness.js'

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })

function faults(name: SchemaName, value: unknown): unknown {
  const validate = ajv.compile(findSchema(name)?.schema ?? false)
  return validate(value)
    ? []
    : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`)
}

let cloud: Machine

async function json(words: string): Promise<unknown> {
  const { status, out, err } = await cloud.occi(`${words} -o json`)
  expect([status, err]).toEqual([0, ''])
  return JSON.parse(out)
}

beforeAll(async () => {
  cloud = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  await cloud.occi('context add practice --endpoint sandbox:')
  await json('network create lan --address 10.1.0.0/24 --allocation dynamic --wait')
  await json('storage create data --size 10 --wait')
  await json('compute create web --os debian-12 --size small --network lan --storage data --wait')
})

describe('what -o json prints keeps to its schema', () => {
  it.each([
    ['entity', 'compute describe web'],
    ['entity', 'network describe lan'],
    ['entity', 'storage describe data'],
    ['category', 'model describe compute'],
    ['login', 'auth status'],
    ['done', 'auth logout'],
    ['done', 'cache clear'],
  ] as const)('the JSON of one entity or category matches its schema %s: occi %s', async (name, words) => {
    expect(faults(name, await json(words))).toEqual([])
  })

  it.each([
    ['entity', 'compute list'],
    ['entity', 'link list'],
    ['category', 'model list'],
    ['category', 'mixin list'],
    ['setting', 'config explain'],
    ['request', 'history'],
    ['check', 'doctor'],
    ['context', 'context list'],
  ] as const)('each item of a JSON list matches its schema %s: occi %s', async (name, words) => {
    const list = (await json(words)) as unknown[]
    expect(list.length).toBeGreaterThan(0)
    for (const item of list) expect(faults(name, item)).toEqual([])
  })

  it('the JSON of changed entities and of errors matches its schema', async () => {
    await json('storage create gone --size 1 --wait')
    const deleted = (await json('storage delete gone --yes')) as unknown[]
    for (const item of [deleted].flat()) expect(faults('changed', item)).toEqual([])
    const { err } = await cloud.occi('compute describe nobody -o json')
    expect(faults('error', JSON.parse(err))).toEqual([])
  })
})

describe('the schemas', () => {
  it('the schemas refuse an object that lacks a required member', () => {
    expect(faults('entity', { id: 'a' })).not.toEqual([])
    expect(faults('error', { error: { code: 'x' } })).not.toEqual([])
    expect(faults('login', { method: 'none' })).not.toEqual([])
    expect(faults('request', { method: 'GET' })).not.toEqual([])
    expect(faults('check', { check: 'tls', verdict: 'good' })).not.toEqual([])
  })

  it.each(schemas.map(({ name }) => name))('occi schema %s prints the schema', async (name) => {
    const { out, status } = await cloud.occi(`schema ${name}`)
    expect(status).toBe(0)
    expect(JSON.parse(out)).toEqual(findSchema(name)?.schema)
  })

  it('occi schema suggests the nearest name for a misspelled one', async () => {
    const { status, err } = await cloud.occi('schema entiti')
    expect(status).toBe(2)
    expect(err).toContain('Did you mean "entity"?')
  })
})

describe('the OCCI renderings', () => {
  it('-o occi-json and the other renderings print an entity as the provider would', async () => {
    expect((await cloud.occi('compute describe web -o text/plain')).out).toMatch(
      /^Category: compute; ?scheme="http:\/\/schemas\.ogf\.org\/occi\/infrastructure#"/,
    )
    expect((await cloud.occi('compute describe web -o text/occi')).out).toMatch(/^Category: compute;/)
    const { out } = await cloud.occi('compute describe web -o occi+json')
    expect(JSON.parse(out)).toMatchObject({ kind: 'http://schemas.ogf.org/occi/infrastructure#compute' })
  })

  it('the OCCI renderings print lists and models', async () => {
    const list = JSON.parse((await cloud.occi('compute list -o occi+json')).out)
    expect(list.resources).toHaveLength(1)
    expect((await cloud.occi('compute list -o text/plain')).out).toMatch(/^X-OCCI-Location: .*\/compute\//)
    const model = JSON.parse((await cloud.occi('model list -o occi+json')).out)
    expect(model.kinds.length).toBeGreaterThan(2)
  })

  it('the OCCI renderings are refused for output without one', async () => {
    const { status, err } = await cloud.occi('schema -o text/plain')
    expect(status).toBe(2)
    expect(err).toContain('cannot be printed in an OCCI rendering')
  })
})
