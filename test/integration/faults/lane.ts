/** One cloud, one proxy and one machine, used for one command after the other. Several lanes run side by side. */
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { machine, type Result } from '../../cli/support/harness.js'
import { type FaultPlan, faultProxy } from '../../support/fault-proxy.js'
import type { KeyPair } from '../../transport/certificates.js'
import { type Cloud, furnished, stateOf, type Verb } from './verbs.js'

export interface Ran {
  readonly result: Result
  readonly before: string
  readonly after: string
  readonly requests: readonly string[]
  /** How many times the fault was injected. */
  readonly faultCount: number
}

export interface Lane {
  run(verb: Verb, plan?: FaultPlan): Promise<Ran>
  close(): Promise<void>
}

/** What a silent server gets, and one that talks too much. */
const limits = { OCCI_TIMEOUT: '250ms', OCCI_MAX_RESPONSE: '1MiB' }
/** The same for a process of its own, which has to start while others use the processor. */
const processLimits = { ...limits, OCCI_TIMEOUT: '2s' }

/** Runs the words somehow, in this home folder. */
export type Runner = (
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<Result>

export interface LaneSettings {
  readonly tls?: KeyPair
  /** Default: within this process. */
  readonly runner?: Runner
}

export async function openLane({ tls, runner }: LaneSettings = {}): Promise<Lane> {
  let cloud: Cloud = await furnished()
  const proxy = await faultProxy({
    upstream: (request) => cloud.sandbox.handle(request),
    ...(tls === undefined ? {} : { tls }),
  })
  const place = machine()
  const cache = join(place.folder, 'cache')
  const primed = join(place.folder, 'primed')
  const common = ['-o', 'json', '--endpoint', proxy.endpoint, '--insecure']
  const rocciForm = ['--endpoint', proxy.endpoint, ...(tls === undefined ? [] : ['--skip-ca-check'])]

  const run = async (verb: Verb, plan?: FaultPlan): Promise<Ran> => {
    cloud = await furnished()
    const before = await stateOf(cloud)
    rmSync(cache, { recursive: true, force: true })
    if (verb.cold !== true && existsSync(primed))
      cpSync(primed, cache, { recursive: true, preserveTimestamps: true })
    await proxy.arm(plan)
    const own = verb.rocci === true ? rocciForm : common
    const words = [...verb.words, ...own]
    const env = plan === undefined ? {} : runner === undefined ? limits : processLimits
    const inProcess = () => place.occi(words, { env, onSleep: () => proxy.beforeRetry() })
    const result = await within(runner === undefined ? inProcess() : runner(place.folder, words, env))
    await proxy.processDelayed()
    const { requests, faultCount } = proxy
    await proxy.arm()
    // Lanes differ in their ports.
    const out = result.out.replaceAll(proxy.endpoint, 'http://cloud/')
    return { result: { ...result, out }, before, after: await stateOf(cloud), requests, faultCount }
  }
  await run({ name: 'prime', words: ['model', 'list'], cold: true })
  if (existsSync(cache)) cpSync(cache, primed, { recursive: true, preserveTimestamps: true })
  return {
    run,
    close: async () => {
      await proxy.close()
      rmSync(place.folder, { recursive: true, force: true })
    },
  }
}

/** A command that never ends is a finding, too. */
async function within(ran: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve({ status: -1, out: '', err: 'did not end within 20 s' }), 20_000)
  })
  try {
    return await Promise.race([ran, late])
  } finally {
    clearTimeout(timer)
  }
}
