import { processTime } from '../measure.mjs'
import { provider } from '../provider.mjs'
import { count } from '../report.mjs'

/** Exact figures, not times: how many requests a command costs when the model is known. */
export async function requests({ program }) {
  const { occi, env } = program
  const cloud = await provider({ machines: 20 })
  const run = (...args) =>
    processTime(process.execPath, [occi, ...args, '--endpoint', cloud.endpoint], { env })
  const counted = async (what, target, ...args) => {
    cloud.reset()
    await run(...args)
    count(what, cloud.counts.total, target)
  }
  await counted('requests of a cold list', 2, 'compute', 'list')
  await counted('requests of a warm list', 1, 'compute', 'list')
  await counted('requests of a warm describe', 1, 'compute', 'describe', 'vm-7')
  await counted('requests of a warm create', 1, 'compute', 'create', '--title', 'x')
  // The look-up and the action: what is not printed is not read back.
  await counted('requests of a warm stop', 2, 'compute', 'stop', 'vm-7')
  await counted('requests of a warm delete', 2, 'compute', 'delete', 'vm-8', '--yes')
  await counted('requests of a warm delete of three', 4, 'compute', 'delete', 'vm-1', 'vm-2', 'vm-3', '--yes')
  await counted('requests of a warm list of locations', 1, 'compute', 'list', '-o', 'text/plain')
  cloud.close()
}
