/** `occi ssh` and `occi compute ssh`, which run ssh with the address of a machine. */

import { createOnce } from '../../../basics/create-once.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { Client } from '../../../client/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { COMPUTE, type Resource } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Invocation, Surroundings } from '../../context.js'
import type { Output } from '../../output/types.js'
import { isPracticeCloud } from '../../runtime/practice.js'
import { isLocalOnly, isPublic, isQualifiedHostName } from '../../values/address.js'
import { hasOutputOptions } from '../base/change-output.js'
import { findTarget } from '../base/targets.js'
import { timeoutOf, waitFor, waitTimeoutOption } from '../base/wait-options.js'
import { waitForPort } from '../base/wait-port.js'
import type { Target } from '../base/where-filter.js'
import {
  type AddressFilter,
  addressFilter,
  addressFilterOptions,
  noAddressError,
} from '../ip/address-filter.js'
import { readMachine } from '../ip/machine.js'
import { addressesOf } from '../ip/record.js'
import { portOf, type SshParameters, sshArguments, usesAnotherHost } from './arguments.js'

const group = "Passed on to OpenSSH's ssh"

export const ssh = sshCommand(['ssh'])
export const computeSsh = sshCommand(['compute', 'ssh'])

function sshCommand(path: readonly string[]): CommandDeclaration {
  const name = `occi ${path.join(' ')}`
  return {
    path,
    summary: 'Log in to a virtual machine with ssh, or run a command there',
    description:
      'A public address is preferred to a private one, and IPv4 to IPv6. A command after "--" is run on the machine; the exit status is that of ssh. ssh reads its own configuration as usual.',
    arguments: [
      {
        name: 'NAME',
        description: 'the virtual machine: id, title, path or URL; also USER@NAME',
        completion: { of: 'entity', kind: COMPUTE },
      },
      {
        name: 'COMMAND',
        description: 'the command to run there, after "--"',
        required: false,
        variadic: true,
        passThrough: true,
      },
    ],
    options: [
      { name: 'user', short: 'u', value: 'USER', description: 'log in as this user', group },
      {
        name: 'identity',
        short: 'i',
        value: 'FILE',
        description: 'private key',
        repeatable: true,
        completion: { of: 'file' },
        group,
        env: 'none',
      },
      { name: 'port', short: 'p', value: 'PORT', description: 'port', default: '22', group, env: 'none' },
      { name: 'proxy-jump', short: 'J', value: 'HOST', description: 'connect through this host', group },
      {
        name: 'ssh-option',
        short: 'o',
        value: 'KEY=VALUE',
        description:
          'any setting of ssh_config(5); with this command, -o is not the output format: use --output',
        repeatable: true,
        group,
        env: 'none',
      },
      { name: 'tty', short: 't', description: 'allocate a terminal for the command', group, env: 'none' },
      {
        name: 'wait',
        description:
          'wait until the port accepts connections; with --proxy-jump or ProxyCommand, until there is an address',
        group: 'Waiting',
      },
      waitTimeoutOption,
      ...addressFilterOptions.map((option) => ({ ...option, group: 'Which address' })),
      { name: 'print', description: 'print the command instead of running it', env: 'none' },
    ],
    examples: [
      { title: 'Log in', command: `${name} web -u debian` },
      {
        title: 'Run a command as soon as the machine answers',
        command: `${name} web -u debian --wait -- uname -a`,
      },
      {
        title: 'Through another host, with a key',
        command: `${name} db -u debian -i ~/.ssh/id_ed25519 -J bastion.example.org`,
      },
    ],
    atSites: 'waits',
    run,
  }
}

async function run(context: CommandContext): Promise<Output | undefined> {
  const { options } = context
  const filter = addressFilter(context)
  const timeout = timeoutOf(context, 'wait-timeout')
  const client = await context.client()
  const { user, target } = await findUserAndTarget(context, client)
  const parameters: Omit<SshParameters, 'address'> = {
    user: options.text('user') ?? user,
    identities: options.all('identity'),
    port: options.text('port'),
    jump: options.text('proxy-jump'),
    options: options.all('ssh-option'),
    tty: options.isSet('tty'),
    command: context.words('COMMAND'),
  }
  // Throws for invalid parameters before the wait.
  sshArguments({ ...parameters, address: placeholderAddress })
  const willConnect = !options.isSet('print') && context.preview === undefined
  const isPractice = createOnce(() => isPracticeCloud(context, client))
  if (willConnect && (await isPractice())) {
    throw await practiceCloudError(context, client, target, filter, parameters)
  }
  const port = Number(portOf(parameters.port ?? '22'))
  const address = await addressToReach(context, client, target, filter, {
    parameters,
    port,
    timeout,
    isPractice,
  })
  const args = sshArguments({ ...parameters, address })
  if (options.isSet('print')) return printCommand(context, args, address)
  if (context.preview !== undefined) return undefined
  await context.progress.stop()
  context.endWithStatus(
    await context.runtime.spawn(
      'ssh',
      args,
      'Install it (Debian: openssh-client), or see the command with --print.',
    ),
  )
  return undefined
}

/** The error for a machine of the practice cloud. It shows the command that a real machine would need. */
async function practiceCloudError(
  context: CommandContext,
  client: Client,
  target: Target,
  filter: AddressFilter,
  parameters: Omit<SshParameters, 'address'>,
): Promise<UsageError> {
  const [address] = hostsOf(await readMachine(context, client, target), filter)
  const args = sshArguments({ ...parameters, address: address ?? placeholderAddress })
  const shownArgs =
    address === undefined
      ? args.map((argument) => (argument === placeholderAddress ? 'ADDRESS' : argument))
      : args
  return new UsageError('The machines of the practice cloud are not real: no ssh server answers there', {
    hint: `With a real provider this would run: ${['ssh', ...shownArgs].map(shellWord).join(' ')}`,
    at: 'NAME',
  })
}

/** An address for documentation (RFC 5737), in place of an address that is not known. */
const placeholderAddress = '192.0.2.1'

/** Finds the machine. `debian@web` names the user too, unless a machine has that name. */
async function findUserAndTarget(
  context: Invocation & Surroundings,
  client: Client,
): Promise<{ readonly user?: string; readonly target: Target }> {
  const word = context.word('NAME') ?? ''
  const [, user, name] = /^([A-Za-z_][\w.-]{0,63})@([^@]+)$/.exec(word) ?? []
  if (user === undefined || name === undefined)
    return { target: await findTarget(client, word, COMPUTE, context) }
  try {
    return { target: await findTarget(client, word, COMPUTE, context) }
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    if (context.options.text('user') !== undefined) {
      throw new UsageError(`Both --user and "${word}" name a user`, {
        hint: 'Name the user once.',
        at: '--user',
      })
    }
    return { user, target: await findTarget(client, name, COMPUTE, context) }
  }
}

interface ReachOptions {
  readonly parameters: Pick<SshParameters, 'jump' | 'options'>
  readonly port: number
  readonly timeout: number
  readonly isPractice: () => Promise<boolean>
}

/**
 * The preferred address of the machine, or with --wait the first that accepts a connection. Throws NotFoundError, and
 * with --wait TimeoutError and WaitFailedError.
 */
async function addressToReach(
  context: CommandContext,
  client: Client,
  target: Target,
  filter: AddressFilter,
  { parameters, port, timeout, isPractice }: ReachOptions,
): Promise<string> {
  const { name, location } = target
  const isWaiting = context.options.isSet('wait') && context.preview === undefined
  if (isWaiting && usesAnotherHost(parameters)) await waitFor(context, client, location, name, { for: 'ip' })
  else if (isWaiting)
    await waitForPort(context, client, {
      location,
      name,
      port,
      timeout,
      timeoutOption: 'wait-timeout',
      isPractice,
    })
  const machine = await readMachine(context, client, isWaiting ? { name, location } : target)
  const hosts = hostsOf(machine, filter)
  const [preferred] = hosts
  if (preferred === undefined) {
    throw noAddressError(
      name,
      filter,
      addressesOf(machine).map(({ address }) => address),
    )
  }
  if (!isWaiting || usesAnotherHost(parameters) || hosts.length === 1) return preferred
  for (const host of hosts) if (await context.runtime.reach(host, port, context.signal)) return host
  return preferred
}

/** The selected addresses in order of preference, or the host name of a machine that shows no addresses. */
function hostsOf(machine: Resource, { matches }: AddressFilter): readonly string[] {
  const addresses = addressesOf(machine).map(({ address }) => address)
  if (addresses.length > 0) return addresses.filter(matches).sort((a, b) => rank(a) - rank(b))
  const name = String(machine.attributes.get('occi.compute.hostname') ?? '')
  return isQualifiedHostName(name) ? [name] : []
}

/** The order of addresses: public before private before local, and IPv4 before IPv6 within each. */
function rank(address: string): number {
  return (isLocalOnly(address) ? 4 : 0) + (isPublic(address) ? 0 : 2) + (address.includes(':') ? 1 : 0)
}

/**
 * Writes the command to standard output unchanged, so that a shell can run it. If an output format was requested,
 * returns it as a record instead, since formats may escape characters.
 */
async function printCommand(
  context: Invocation & Dialogue,
  args: readonly string[],
  address: string,
): Promise<Output | undefined> {
  const argv = ['ssh', ...args]
  const command = argv.map(shellWord).join(' ')
  if (context.settings.get('output') === undefined && !hasOutputOptions(context)) {
    await context.streams.out.write(`${command}\n`)
    return undefined
  }
  return {
    shape: 'one',
    records: [{ data: { command, argv, address, ips: [address] }, name: command }],
    columns: [{ key: 'command', heading: 'COMMAND', value: 'command' }],
  }
}
