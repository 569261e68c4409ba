/** Twenty sites beside one: as they are asked at the same time, the twenty cost little more. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { interleave, processTime } from '../measure.mjs'
import { provider } from '../provider.mjs'
import { note, ratio } from '../report.mjs'

const count = 20
const latency = 100
/** At each site. */
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
  const bytes = await interleave({ one: () => peak(node, one, env), all: () => peak(node, all, env) }, rounds)
  for (const cloud of clouds) cloud.close()
  ratio(
    `occi compute list, ${count} sites of ${latency} ms with ${machines} VMs each, warm`,
    times.all,
    'one of them',
    times.one,
    1.5,
  )
  if (bytes.one.median > 0) ratio('the same: memory', bytes.all, 'one of them', bytes.one, 1.5)
  else note('no memory is measured on this system')
}

/** The most memory that a process had, in KiB, as Linux knows it; 0 elsewhere. */
async function peak(command, args, env) {
  if (process.platform !== 'linux') return 0
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let most = 0
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has ended.
    }
  }
  const timer = setInterval(look, 5)
  child.stderr.resume()
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return most
}
