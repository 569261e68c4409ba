/** Applies a stack of machines with a volume and a link each, compared with calls of the library; plans it again. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { internals } from '../internals.mjs'
import { interleave, processTime } from '../measure.mjs'
import { count, ratio } from '../report.mjs'

export async function stack({ program, rounds, smoke }) {
  const machines = smoke ? 5 : 100
  const { occi, env, folder } = program
  const { openSandbox, serveSandbox } = await internals('sandbox')
  const node = process.execPath
  const file = join(folder, 'stack.yaml')
  const state = join(folder, 'state.json')
  writeFileSync(
    file,
    `name: bench
resources:
  data: { kind: storage, count: ${machines}, size: 1 }
  web: { kind: compute, count: ${machines}, size: small, os: debian-12, storage: [data] }
`,
  )
  /** Calls `run` with the endpoint of a new practice cloud and the list of its requests. */
  const withNewCloud = async (run) => {
    const requests = []
    const { sandbox } = openSandbox({ clock: Date.now, speed: 0 })
    const handle = (request) => {
      requests.push(`${request.method} ${request.target}`)
      return sandbox.handle(request)
    }
    const served = await serveSandbox({ handle, close: () => sandbox.close() }, { port: 0, basePath: '' })
    rmSync(state, { force: true })
    try {
      return await run(served.endpoint, requests)
    } finally {
      await served.close()
    }
  }
  const words = (verb, endpoint) => [
    occi,
    'stack',
    verb,
    '-f',
    file,
    '--state',
    state,
    '--endpoint',
    endpoint,
  ]
  const applied = (endpoint) => processTime(node, [...words('apply', endpoint), '--yes', '-q'], { env })
  const times = await interleave(
    {
      apply: () => withNewCloud(applied),
      library: () =>
        withNewCloud((endpoint) =>
          processTime(node, ['--input-type=module', '-e', byHand(endpoint, machines)], { env }),
        ),
    },
    Math.max(1, Math.round(rounds * 0.6)),
  )
  ratio(
    `apply ${machines} machines with a volume and a link each`,
    times.apply,
    'parallel calls of the library',
    times.library,
    1.3,
  )
  await withNewCloud(async (endpoint, requests) => {
    await applied(endpoint)
    requests.length = 0
    await processTime(node, [...words('plan', endpoint), '--no-cache'], { env })
    count('requests of a plan without changes', requests.length, 3)
  })
}

/** A program that creates the same with the library, ten machines at a time. */
function byHand(endpoint, machines) {
  return `
import { OcciClient } from ${JSON.stringify(new URL('../../../dist/lib/index.js', import.meta.url).href)}
const client = new OcciClient({ endpoint: '${endpoint}' })
let next = 1
await Promise.all(Array.from({ length: 10 }, async () => {
  for (let number = next++; number <= ${machines}; number = next++) {
    const data = await client.create({ kind: 'storage', title: 'data-' + number, attributes: { 'occi.storage.size': 1 } })
    const web = await client.create({ kind: 'compute', title: 'web-' + number, mixins: ['small', 'debian-12'] })
    await client.link(web.location, { target: data.location })
  }
}))
await client.close()`
}
