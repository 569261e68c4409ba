import { interleave, processTime } from '../measure.mjs'
import { provider } from '../provider.mjs'
import { note, ratio } from '../report.mjs'

export async function bulk({ program, rounds, smoke }) {
  const { occi, env } = program
  const node = process.execPath
  const few = Math.max(1, Math.round(rounds / 5))
  const more = Math.max(1, Math.round(rounds * 0.6))
  const machines = smoke ? 20 : 1000
  const latency = 20

  const slow = await provider({ machines, latency, json: false })
  const describe = [occi, 'compute', 'list', '--endpoint', slow.endpoint, '-o', 'json']
  await processTime(node, describe, { env })
  const described = await interleave({ occi: () => processTime(node, describe, { env }) }, few)
  slow.close()
  const ideal = (machines * latency) / 10
  note(`ideal: ${ideal} ms`)
  ratio(
    `describe ${machines} VMs with ${latency} ms latency`,
    described.occi,
    'ideal',
    { median: ideal, noise: 0 },
    1.3,
  )

  const fast = await provider({ machines: 0 })
  const create = [
    occi,
    'compute',
    'create',
    '--title',
    'x',
    '--count',
    String(machines),
    '--endpoint',
    fast.endpoint,
    '-o',
    'url',
  ]
  await processTime(node, create, { env })
  const created = await interleave(
    {
      occi: () => processTime(node, create, { env }),
      loop: () =>
        processTime(node, ['--input-type=module', '-e', poolLoop(fast.endpoint, machines)], {
          env,
          cwd: import.meta.dirname,
        }),
    },
    more,
  )
  fast.close()
  ratio(`create ${machines}`, created.occi, 'a plain undici Pool loop', created.loop, 1.3)
}

function poolLoop(endpoint, machines) {
  return `
import { Pool } from 'undici'
const pool = new Pool('${new URL(endpoint).origin}', { connections: 10 })
let left = ${machines}
const body = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\\r\\nX-OCCI-Attribute: occi.core.title="x"\\r\\n'
await Promise.all(Array.from({ length: 10 }, async () => {
  while (left-- > 0) {
    const { body: answer } = await pool.request({ method: 'POST', path: '/compute/', headers: { 'content-type': 'text/plain' }, body })
    await answer.text()
  }
}))
await pool.close()`
}
