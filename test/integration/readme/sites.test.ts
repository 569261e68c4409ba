import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blocks, helpDocument, type Place, place } from './place.js'

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

it('the recipe of three clouds as one works as it stands, except for the ports', async () => {
  let script = blocks(helpDocument('cookbook'), 'sh').find((text) => text.includes('--port 8701')) ?? ''
  for (const port of ['8701', '8702', '8703']) script = script.replaceAll(port, String(await freePort()))
  const cloud = await here.cloud()
  const { status, out, err } = cloud.run(
    `trap 'kill $(jobs -p) 2>/dev/null' EXIT\nset -euo pipefail\n${script}`,
  )
  await cloud.stop()
  expect(status, err).toBe(0)
  // The first has room for one machine: the second machine is at another site.
  expect(err).toMatch(/^occi: cesnet: .*at most 1 machine/m)
  expect(out).toMatch(/\ncesnet\tweb\t[^\n]*\tactive\t[^\n]*\nifca\tdb\t/)
  // Each is named by its id when it is created, stopped and deleted.
  for (const site of ['cesnet', 'ifca']) {
    const [first = '', ...others] = out.split('\n').filter((line) => line.endsWith(`@${site}`))
    expect(first).toMatch(/^[0-9a-f-]{36}@/)
    expect(others).toEqual([first, first])
  }
}, 120_000)
