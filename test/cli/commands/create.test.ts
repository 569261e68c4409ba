import { expect, it } from 'vitest'
import { machine } from '../support/harness.js'

it('create without a template or an option creates nothing', async () => {
  const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const { status, err } = await here.occi('compute create')
  expect([status, err]).toEqual([2, expect.stringContaining('For example: occi compute create web --os')])
  expect((await here.occi('compute list -o json')).out).toBe('[]\n')
})
