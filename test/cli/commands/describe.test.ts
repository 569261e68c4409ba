import { expect, it } from 'vitest'
import { machine } from '../support/harness.js'

it('describe shows several entities one after the other on a terminal, and as rows when columns are chosen', async () => {
  const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  for (const name of ['web', 'db']) {
    expect((await here.occi(`compute create ${name} --os debian-12 --size nano --wait`)).status).toBe(0)
  }
  const { out } = await here.occi('compute describe web db', { terminal: true })
  expect(out.split('\n\n').map((block) => /^NAME +(\w+)$/m.exec(block)?.[1])).toEqual(['web', 'db'])
  const rows = await here.occi('compute describe web db --columns name,state', { terminal: true })
  expect(rows.out).toBe('NAME  STATE\nweb   active\ndb    active\n')
  expect((await here.occi('compute describe web db -o json')).out).toMatch(/^\[/)
})
