/** Interleaved runs in random order, medians, and the machine's noise: what every benchmark here uses. */
import { spawn } from 'node:child_process'

/**
 * Runs each contender `rounds` times, interleaved, in a new random order each round.
 * @param {Record<string, () => Promise<number>>} contenders name → one run, answering its own duration in ms
 */
export async function interleave(contenders, rounds) {
  const names = Object.keys(contenders)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (const name of names) await contenders[name]()
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffle(names)) times[name].push(await contenders[name]())
  }
  return Object.fromEntries(names.map((name) => [name, summary(times[name])]))
}

export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const median = quantile(sorted, 0.5)
  return {
    median,
    min: sorted[0],
    /** Half the interquartile range relative to the median: the noise of this machine in this run. */
    noise: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / median,
  }
}

/** One process from start to exit, its output drained. Rejects when it fails. */
export function processTime(command, args, { env = process.env, cwd, status = 0, stdout = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', stdout, 'pipe'] })
    let words = ''
    child.stderr.on('data', (chunk) => {
      words += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const took = Number(process.hrtime.bigint() - started) / 1e6
      if (code === status) resolve(took)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${words.slice(0, 400)}`))
    })
  })
}

export async function timed(run) {
  const started = process.hrtime.bigint()
  await run()
  return Number(process.hrtime.bigint() - started) / 1e6
}

function quantile(sorted, q) {
  const at = (sorted.length - 1) * q
  const low = Math.floor(at)
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low)
}

function shuffle(list) {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j], copy[i]]
  }
  return copy
}
