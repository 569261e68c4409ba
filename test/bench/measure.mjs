/** Measures the contenders of a benchmark: interleaved runs in random order, medians and noise. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Runs each contender `rounds` times, interleaved, in a new random order each round.
 * @param {Record<string, () => Promise<number>>} contenders by name: runs once and returns its duration in milliseconds
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

/** The milliseconds from the start of a process to its exit. Rejects if it ends with another status. */
export function processTime(command, args, { env = process.env, cwd, status = 0, stdout = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', stdout, 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const duration = Number(process.hrtime.bigint() - started) / 1e6
      if (code === status) resolve(duration)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${errors.slice(0, 400)}`))
    })
  })
}

/** The peak resident memory of a process in MiB, polled from Linux's /proc; 0 on other systems. Rejects if it fails. */
export function peakMemory(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    let kibibytes = 0
    const timer = setInterval(() => {
      try {
        const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
        if (found) kibibytes = Number(found[1])
      } catch {
        // The process has ended, or there is no /proc.
      }
    }, 2)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      if (code === 0) resolve(kibibytes / 1024)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`))
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
