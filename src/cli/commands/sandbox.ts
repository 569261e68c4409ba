/** `occi sandbox`: the practice cloud. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { omitUndefined } from '../../basics/objects.js'
import { shellWord } from '../../basics/shell-word.js'
import { UsageError } from '../../errors/errors.js'
import {
  identityNames,
  personaNames,
  type SandboxAuth,
  type SandboxServer,
  type ThrowawayCertificates,
} from '../../sandbox/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Output } from '../output/types.js'
import { sandboxState } from '../runtime/sandbox-state.js'
import { passwordFromStdin } from '../runtime/secrets.js'
import { tour } from '../tour/tour.js'
import { outputIfRequested } from './base/change-output.js'

const serve: CommandDeclaration = {
  path: ['sandbox', 'serve'],
  summary: 'Run a practice cloud until Ctrl-C, on this machine only',
  description:
    'Prints the endpoint and serves it until it is stopped. The practice cloud supports OCCI 1.1 and 1.2 in all renderings. Its machines take a few seconds to boot, but do not exist: no host has their addresses. Without --state, all resources are lost when it stops. The mixin "error" puts a machine, network or storage into that state until the mixin is detached; "degraded" does the same for a storage. Requests for a deleted resource are answered with 410. --auth keystone also serves a small Keystone v3. --auth x509 creates certificates, which are deleted when it stops. Both print how to log in. --fail, --drop-answers and --latency simulate faults for tests of scripts. The endpoint "sandbox:" needs no server.',
  arguments: [],
  options: [
    { name: 'port', short: 'p', value: 'N', description: 'port to listen on', default: 'any free port' },
    {
      name: 'auth',
      value: 'METHOD',
      description: 'how clients must log in',
      choices: ['none', 'basic', 'token', 'keystone', 'x509'],
      default: 'none',
      env: 'none',
    },
    {
      name: 'state',
      value: 'FILE',
      description: 'store the cloud in this file',
      completion: { of: 'file' },
      env: 'none',
    },
    {
      name: 'as',
      value: 'PERSONA',
      description: 'imitate this server',
      choices: personaNames(),
      default: 'occi-1.2',
      env: 'none',
    },
    {
      name: 'speed',
      value: 'FACTOR',
      description: 'factor for the duration of state changes: 2 is twice as slow, 0 immediate',
      default: '1',
      env: 'none',
    },
    {
      name: 'machines',
      value: 'N',
      description: 'maximum number of machines; more are refused',
      default: 'any number',
      env: 'none',
    },
    {
      name: 'latency',
      value: 'DURATION',
      description: 'delay each response: 20ms',
      default: '0',
      env: 'none',
    },
    {
      name: 'fail',
      value: 'SHARE',
      description: 'answer this share of requests with 503, at random: 10%',
      default: '0%',
      env: 'none',
    },
    {
      name: 'drop-answers',
      description: 'carry out each change, but close the connection without an answer',
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
      title: 'Test how a script handles a machine that fails',
      command: 'occi compute create bad --mixin error --wait --endpoint sandbox:',
    },
    {
      title: 'With a Keystone; prints its OS_ variables',
      command: 'occi sandbox serve --auth keystone',
    },
    {
      title: 'Test how a script handles failures',
      command: 'occi sandbox serve --port 8787 --fail 10% --latency 200ms',
    },
    { title: 'Store the cloud in a file', command: 'occi sandbox serve --port 8787 --state cloud.occi' },
  ],
  run: serveSandbox,
}

const reset: CommandDeclaration = {
  path: ['sandbox', 'reset'],
  summary: 'Reset the practice cloud behind "sandbox:"',
  arguments: [],
  options: [
    {
      name: 'state',
      value: 'FILE',
      description: 'file of a practice cloud that was served with --state',
      completion: { of: 'file' },
      env: 'none',
    },
  ],
  examples: [
    { title: 'Start over', command: 'occi sandbox reset' },
    { title: 'A cloud that is stored in a file', command: 'occi sandbox reset --state cloud.occi' },
  ],
  run: resetSandbox,
}

export const sandbox: CommandGroup = {
  name: 'sandbox',
  summary: 'A practice cloud on this machine: a real OCCI provider for learning and tests',
  description:
    'With the endpoint "sandbox:", any command uses a practice cloud that is stored in a file. "serve" runs one on a port for other clients.',
  commands: [serve, reset, tour],
}

async function serveSandbox(context: CommandContext): Promise<Output | undefined> {
  const { options, runtime } = context
  const { openSandbox, serveSandbox: serveCloud } = await import('../../sandbox/index.js')
  const { parseDuration } = await import('../values/duration.js')
  const state = options.text('state')
  const persona = options.text('as')
  const machines = options.text('machines')
  const machineLimit = machines === undefined ? undefined : parseInteger(machines, '--machines', 0, 1_000_000)
  const { auth, account, tls } = await requiredLogin(context)
  const failing = parseShare(options.text('fail') ?? '0', '--fail')
  const {
    sandbox: cloud,
    basePath,
    checkStateFile,
  } = openSandbox({
    clock: () => runtime.clock.now(),
    speed: parseNumber(options.text('speed') ?? '1', '--speed', 0, 1000),
    auth,
    ...omitUndefined({ state, as: persona, machineLimit }),
  })
  await checkStateFile()
  const files = tls === undefined ? undefined : await writeKeyFiles(tls)
  let server: SandboxServer | undefined
  try {
    server = await serveCloud(cloud, {
      port: parseInteger(options.text('port') ?? '0', '--port', 0, 65_535),
      basePath,
      latency: parseDuration(options.text('latency') ?? '0', '--latency'),
      failing,
      dropsAnswers: options.isSet('drop-answers'),
      ...(tls === undefined ? {} : { tls: { ...tls.server, ca: tls.ca } }),
    })
    const { endpoint } = server
    const login = loginOptions(endpoint, auth, files)
    await context.print({
      shape: 'one',
      records: [{ data: { endpoint, login }, name: endpoint, url: endpoint }],
      columns: [{ key: 'endpoint', heading: 'ENDPOINT', value: 'endpoint' }],
      pipeFormat: 'url',
      terminalFormat: 'url',
    })
    // Scripts also need the message with --auth x509, because it names the certificates.
    if ((context.streams.err.terminal || files !== undefined) && !options.isSet('quiet')) {
      await context.streams.err.write(usageMessage(endpoint, login, auth, account))
    }
    await aborted(context.signal)
  } finally {
    await server?.close()
    if (files !== undefined) await rm(files.folder, { recursive: true, force: true })
  }
  return undefined
}

/** How clients must log in to the practice cloud. */
interface RequiredLogin {
  readonly auth: SandboxAuth
  readonly account?: Account
  readonly tls?: ThrowawayCertificates
}

interface Account {
  readonly username: string
  /** The password that the user set. Undefined: the default, "demo". */
  readonly password: string | undefined
}

/** Reads --auth and, for its method, the token or the account from the environment. */
async function requiredLogin(context: CommandContext): Promise<RequiredLogin> {
  const method = context.options.text('auth')
  switch (method) {
    case 'token': {
      const token = context.runtime.environment('OCCI_TOKEN')
      if (token === undefined) await context.warn('the token is "demo"; set OCCI_TOKEN for another')
      return { auth: { method: 'token', token: token ?? 'demo' } }
    }
    case 'basic':
    case 'keystone': {
      const account = await accountOf(context)
      const { username, password = 'demo' } = account
      return { auth: { method, username, password }, account }
    }
    case 'x509': {
      const { throwawayCertificates } = await import('../../sandbox/index.js')
      const user = context.settings.get('username') ?? 'demo'
      return { auth: { method: 'none' }, tls: throwawayCertificates(user, context.clock.now()) }
    }
    default:
      return { auth: { method: 'none' } }
  }
}

async function accountOf(context: CommandContext): Promise<Account> {
  const username = context.settings.get('username') ?? 'demo'
  const password = context.options.isSet('password-stdin')
    ? await passwordFromStdin(context)
    : context.runtime.environment('OCCI_PASSWORD')
  if (password === undefined)
    await context.warn(`user "${username}" has the password "demo"; set OCCI_PASSWORD for another`)
  return { username, password }
}

interface KeyFiles {
  readonly folder: string
  readonly ca: string
  /** Certificate and key of the client. */
  readonly user: string
}

/** Writes certificates and keys to a temporary folder, which the caller deletes. */
async function writeKeyFiles({ ca, client }: ThrowawayCertificates): Promise<KeyFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'occi-practice-'))
  const files = { folder, ca: join(folder, 'ca.pem'), user: join(folder, 'user.pem') }
  await writeFile(files.ca, ca)
  await writeFile(files.user, client.cert + client.key, { mode: 0o600 })
  return files
}

/** The options with which a command logs in to the server. They contain no secret. */
function loginOptions(endpoint: string, auth: SandboxAuth, files: KeyFiles | undefined): readonly string[] {
  if (files !== undefined) return ['--auth', 'x509', '--ca-file', files.ca, '--user-cert', files.user]
  if (auth.method === 'keystone') {
    const { origin } = new URL(endpoint)
    const names = ['--username', auth.username, '--project', identityNames.project]
    return ['--auth', 'keystone', '--auth-url', `${origin}/identity/v3`, ...names]
  }
  if (auth.method === 'basic') return ['--auth', 'basic', '--username', auth.username]
  return auth.method === 'token' ? ['--auth', 'token'] : []
}

/** The message that says how to use the server from another terminal. */
function usageMessage(
  endpoint: string,
  login: readonly string[],
  auth: SandboxAuth,
  account: Account | undefined,
): string {
  const command = ['occi', 'compute', 'list', '--endpoint', endpoint, ...login].map(shellWord).join(' ')
  const lines = [`Serving until Ctrl-C. In another terminal: ${command}`]
  if (auth.method === 'keystone') {
    const shownPassword = account?.password === undefined ? 'demo' : '…'
    const { origin } = new URL(endpoint)
    const { project, domain, applicationCredential } = identityNames
    lines.push(
      'Or with the variables of OpenStack, which also set the endpoint:',
      `  export OS_AUTH_URL=${origin}/identity/v3 OS_USERNAME=${shellWord(auth.username)} OS_PASSWORD=${shownPassword} OS_USER_DOMAIN_NAME=${domain} OS_PROJECT_NAME=${project} OS_PROJECT_DOMAIN_NAME=${domain}`,
      'Or with an application credential, whose secret is the password:',
      `  export OS_AUTH_URL=${origin}/identity/v3 OS_AUTH_TYPE=v3applicationcredential OS_APPLICATION_CREDENTIAL_ID=${applicationCredential} OS_APPLICATION_CREDENTIAL_SECRET=${shownPassword}`,
    )
  }
  return `${lines.join('\n')}\n`
}

async function resetSandbox(context: CommandContext): Promise<Output | undefined> {
  const { resetSandbox: resetCloud } = await import('../../sandbox/index.js')
  await resetCloud(context.options.text('state') ?? sandboxState(context.runtime.folders.state))
  context.inform('The practice cloud was reset.')
  return outputIfRequested(context, { data: { reset: true } })
}

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Throws UsageError unless the text is a number from `min` to `max`. */
function parseNumber(text: string, option: string, min: number, max: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isFinite(value) && value >= min && value <= max) return value
  throw new UsageError(`${option} cannot be "${text}"`, {
    hint: `Give a number from ${min} to ${max}.`,
    at: option,
  })
}

/** Reads a percentage. Returns a share from 0 to 1. */
function parseShare(text: string, option: string): number {
  const number = text.trim().replace(/\s*%$/, '')
  try {
    return parseNumber(number, option, 0, 100) / 100
  } catch {
    throw new UsageError(`${option} cannot be "${text}"`, { hint: 'Give a percentage: 10%.', at: option })
  }
}

function parseInteger(text: string, option: string, min: number, max: number): number {
  const value = parseNumber(text, option, min, max)
  if (Number.isInteger(value)) return value
  throw new UsageError(`${option} cannot be "${text}"`, { hint: 'Give a whole number.', at: option })
}
