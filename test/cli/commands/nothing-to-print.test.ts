import { describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

describe('commands that print nothing by themselves', () => {
  it.each([
    ['auth logout', { forgotten: false }],
    ['mixin delete production --yes', { term: 'production', deleted: true }],
    ['sandbox reset --yes', { reset: true }],
  ])('%s prints one JSON object with -o json, and nothing without', async (command, expected) => {
    const { occi } = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await occi('mixin create production')
    const { status, out } = await occi(`${command} -o json`)
    expect([status, JSON.parse(out)]).toEqual([0, expect.objectContaining(expected)])
    await occi('mixin create production')
    expect(await occi(command)).toMatchObject({ status: 0, out: '' })
  })
})
