import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { processTime } from '../measure.mjs'
import { provider } from '../provider.mjs'
import { count } from '../report.mjs'

/** Counts the requests of commands when the model is cached. */
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
  // The look-up and the action; the result is not printed, so it is not read.
  await counted('requests of a warm stop', 2, 'compute', 'stop', 'vm-7')
  await counted('requests of a warm delete', 2, 'compute', 'delete', 'vm-8', '--yes')
  await counted('requests of a warm delete of three', 4, 'compute', 'delete', 'vm-1', 'vm-2', 'vm-3', '--yes')
  await counted('requests of a warm list of locations', 1, 'compute', 'list', '-o', 'text/plain')
  cloud.close()
  await named(program)
}

/**
 * Counts the requests of commands that refer to entities by name, at the practice cloud. Its collections contain whole
 * entities, so the number does not depend on the number of machines.
 */
async function named({ occi, env }) {
  const served = spawn(process.execPath, [occi, 'sandbox', 'serve', '--speed', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [output] = await once(served.stdout, 'data')
  const endpoint = String(output).match(/http:\S+/)?.[0]
  const run = (...args) =>
    spawnSync(process.execPath, [occi, ...args, '-v', '--endpoint', endpoint], { env, encoding: 'utf8' })
  const machines = 20
  for (let i = 0; i < machines; i++) run('compute', 'create', `m${i}`)
  run('storage', 'create', 'data', '--size', '1')
  const counted = (words, target) => {
    const { status, stderr } = run(...words.split(' '))
    if (status !== 0) throw new Error(`${words} ended with ${status}: ${stderr.slice(0, 400)}`)
    const sent = stderr.match(/^(?:GET|POST|PUT|DELETE) \S+ →/gm) ?? []
    count(`requests of "${words}" with ${machines} machines`, sent.length, target)
  }
  counted('compute describe m7', 1)
  counted('compute stop m7', 2)
  counted('compute link m8 data', 4)
  counted('compute link m8 private', 4)
  // The look-up, a request for the name of each of the two linked entities, and the deletion.
  counted('compute unlink m8 data', 4)
  counted('compute delete m9 --yes', 2)
  served.kill()
}
