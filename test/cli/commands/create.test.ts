import { expect, it } from 'vitest'
import { machine } from '../support/harness.js'

it('create without a template or an option creates nothing', async () => {
  const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const { status, err } = await here.occi('compute create')
  expect([status, err]).toEqual([2, expect.stringContaining('For example: occi compute create web --os')])
  expect((await here.occi('compute list -o json')).out).toBe('[]\n')
})

it('create splits --storage at the last colon before a path', async () => {
  const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const id = (await here.occi('storage create data --size 1 --wait -o id')).out.trim()
  for (const name of ['data', `urn:uuid:${id}`, `/storage/${id}`]) {
    for (const [mountpoint, sent] of [
      ['', undefined],
      [':/mnt/data', '/mnt/data'],
    ]) {
      const words = `compute create web --os debian-12 --storage ${name}${mountpoint} --dry-run`
      const { out, err } = await here.occi(words)
      expect([words, /storagelink\.mountpoint\W+(\/mnt\/data)/.exec(out)?.[1], err]).toEqual([
        words,
        sent,
        '',
      ])
      expect(out).toContain(`/storage/${id}`)
    }
  }
})
