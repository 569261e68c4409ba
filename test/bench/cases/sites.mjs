/** Compares a list at twenty sites with a list at one. Sites are queried in parallel, so twenty take little longer. */
import { interleave, peakMemory, processTime } from '../measure.mjs'
import { provider } from '../provider.mjs'
import { note, ratio } from '../report.mjs'

const count = 20
const latency = 100
/** Number of machines at each site. */
const machines = 5

export async function sites({ program, rounds }) {
  const { occi, env } = program
  const node = process.execPath
  const clouds = await Promise.all(Array.from({ length: count }, () => provider({ machines, latency })))
  const names = clouds.map((_, index) => `site-${index}`)
  for (const [index, cloud] of clouds.entries()) {
    await processTime(node, [occi, 'context', 'add', names[index], '--endpoint', cloud.endpoint], { env })
  }
  const list = (...words) => [occi, 'compute', 'list', ...words]
  const one = list('--context', names[0])
  const all = list('--all-contexts')
  await processTime(node, all, { env })
  const times = await interleave(
    { one: () => processTime(node, one, { env }), all: () => processTime(node, all, { env }) },
    rounds,
  )
  const memory = await interleave(
    { one: () => peakMemory(node, one, env), all: () => peakMemory(node, all, env) },
    rounds,
  )
  for (const cloud of clouds) cloud.close()
  ratio(
    `occi compute list, ${count} sites of ${latency} ms with ${machines} VMs each, warm`,
    times.all,
    'one of them',
    times.one,
    1.5,
  )
  if (memory.one.median > 0) ratio('the same: memory', memory.all, 'one of them', memory.one, 1.5)
  else note('no memory is measured on this system')
}
