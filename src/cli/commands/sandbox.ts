/** `occi sandbox`: the practice cloud. */
import { present } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import { purposes } from '../../files/index.js'
import { personaNames, type SandboxAuth } from '../../sandbox/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Output } from '../output/types.js'
import { sandboxState } from '../runtime/sandbox-state.js'
import { tour } from '../tour/tour.js'

const serve: CommandDeclaration = {
  path: ['sandbox', 'serve'],
  summary: 'Run a practice cloud until Ctrl-C, on this machine only',
  description:
    'Prints its endpoint, then serves until it is stopped. It speaks OCCI 1.1 and 1.2 in all renderings; machines take a few seconds to boot, as real ones do. Without --state all is forgotten in the end. The mixin "error" puts a machine, network or storage into that state, "degraded" a storage, until it is taken off, and what was deleted answers 410. The endpoint "sandbox:" needs no server at all.',
  arguments: [],
  options: [
    { name: 'port', short: 'p', value: 'N', description: 'port to listen on', default: 'any free one' },
    {
      name: 'auth',
      value: 'METHOD',
      description: 'what clients must log in with',
      choices: ['none', 'basic', 'token'],
      default: 'none',
      env: 'none',
    },
    {
      name: 'state',
      value: 'FILE',
      description: 'keep the cloud in this file',
      completion: { of: 'file' },
      env: 'none',
    },
    {
      name: 'as',
      value: 'PERSONA',
      description: 'behave like this server',
      choices: personaNames(),
      default: 'occi-1.2',
      env: 'none',
    },
    {
      name: 'speed',
      value: 'FACTOR',
      description: 'how long machines take: 1 as usual, 0.5 half as long, 0 not at all',
      default: '1',
      env: 'none',
    },
    {
      name: 'machines',
      value: 'N',
      description: 'room for so many machines; another one is refused',
      default: 'any number',
      env: 'none',
    },
    {
      name: 'latency',
      value: 'DURATION',
      description: 'wait this long before each answer: 20ms',
      default: '0',
      env: 'none',
    },
  ],
  examples: [
    { title: 'On a fixed port', command: 'occi sandbox serve --port 8787' },
    {
      title: 'With a password, from OCCI_PASSWORD',
      command: 'occi sandbox serve --auth basic --username ada',
    },
    {
      title: 'See how a script takes a machine that fails',
      command: 'occi compute create bad --mixin error --wait --endpoint sandbox:',
    },
    { title: 'Keeping what is made', command: 'occi sandbox serve --port 8787 --state cloud.occi' },
  ],
  run: serveSandbox,
}

const reset: CommandDeclaration = {
  path: ['sandbox', 'reset'],
  summary: 'Forget everything in the practice cloud behind "sandbox:"',
  arguments: [],
  options: [
    {
      name: 'state',
      value: 'FILE',
      description: 'the file to forget, of a cloud served with --state',
      completion: { of: 'file' },
      env: 'none',
    },
  ],
  examples: [
    { title: 'Start anew', command: 'occi sandbox reset' },
    { title: 'In a script', command: 'occi sandbox reset --yes' },
  ],
  run: resetSandbox,
}

export const sandbox: CommandGroup = {
  name: 'sandbox',
  summary: 'A practice cloud on this machine: a real OCCI provider for learning and tests',
  description:
    'Give "sandbox:" as endpoint to any command and it runs against a cloud that lives in a file of yours; "serve" puts one behind a port for other clients.',
  commands: [serve, reset, tour],
}

async function serveSandbox(context: CommandContext): Promise<Output | undefined> {
  const { options, runtime } = context
  const { openSandbox, serveSandbox: listen } = await import('../../sandbox/index.js')
  const { parseDuration } = await import('../values/duration.js')
  const state = options.text('state')
  const as = options.text('as')
  const room = options.text('machines')
  const machines = room === undefined ? undefined : wholeNumberOf(room, '--machines', 0, 1_000_000)
  const auth = await wantedAuth(context)
  const {
    sandbox: cloud,
    basePath,
    check,
  } = openSandbox({
    clock: () => runtime.clock.now(),
    speed: numberOf(options.text('speed') ?? '1', '--speed', 0, 1000),
    auth,
    ...present({ state, as, machines }),
  })
  await check()
  const served = await listen(cloud, {
    port: wholeNumberOf(options.text('port') ?? '0', '--port', 0, 65_535),
    basePath,
    latency: parseDuration(options.text('latency') ?? '0', '--latency'),
  })
  try {
    await context.print({
      shape: 'one',
      records: [{ data: { endpoint: served.endpoint }, name: served.endpoint, url: served.endpoint }],
      columns: [{ key: 'endpoint', heading: 'ENDPOINT', value: 'endpoint' }],
      pipeFormat: 'url',
      terminalFormat: 'url',
    })
    if (context.streams.err.terminal && !options.isSet('quiet')) {
      const login = auth.method === 'basic' ? ` --auth basic --username ${auth.username}` : ''
      await context.streams.err.write(
        `Serving; Ctrl-C ends it. In another terminal: occi compute list --endpoint ${served.endpoint}${login}\n`,
      )
    }
    await aborted(context.signal)
  } finally {
    await served.close()
  }
  return undefined
}

async function wantedAuth(context: CommandContext): Promise<SandboxAuth> {
  const method = context.options.text('auth')
  if (method === 'token') {
    const token = context.runtime.environment('OCCI_TOKEN')
    if (token === undefined) await context.warn('the token is "demo"; set OCCI_TOKEN for another')
    return { method: 'token', token: token ?? 'demo', keystone: 'http://127.0.0.1:5000/v3' }
  }
  if (method !== 'basic') return { method: 'none' }
  const username = context.settings.get('username') ?? 'demo'
  const given = context.options.isSet('password-stdin')
    ? (await context.stdin('--password-stdin', purposes.secret)).toString('utf8').replace(/\r?\n$/, '')
    : context.runtime.environment('OCCI_PASSWORD')
  const password = given ?? 'demo'
  if (given === undefined)
    await context.warn(`user "${username}" has the password "demo"; set OCCI_PASSWORD for another`)
  return { method: 'basic', username, password }
}

async function resetSandbox(context: CommandContext): Promise<undefined> {
  const { resetSandbox: forget } = await import('../../sandbox/index.js')
  await forget(context.options.text('state') ?? sandboxState(context.runtime.folders.state))
  context.inform('The practice cloud is as new.')
  return undefined
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function numberOf(text: string, option: string, least: number, most: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isFinite(value) && value >= least && value <= most) return value
  throw new UsageError(`${option} cannot be "${text}"`, {
    hint: `Give a number from ${least} to ${most}.`,
    at: option,
  })
}

function wholeNumberOf(text: string, option: string, least: number, most: number): number {
  const value = numberOf(text, option, least, most)
  if (Number.isInteger(value)) return value
  throw new UsageError(`${option} cannot be "${text}"`, { hint: 'Give a whole number.', at: option })
}
