/** Opens the stack of a command: its file, its state and the clients of its contexts. */

import { basename, dirname, join } from 'node:path'
import { alternatives } from '../../../basics/nearest.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { Client } from '../../../client/index.js'
import { ConfigError, UsageError } from '../../../errors/errors.js'
import { purposes, unreadableReason } from '../../../files/index.js'
import { suggest } from '../../../model/index.js'
import {
  type Drafting,
  instancesOf,
  observe,
  readStack,
  readState,
  resourceOf,
  type Stack,
  type StackEnvironment,
  stateFileName,
} from '../../../stack/index.js'
import type { CommandContext, Connection } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { parseAssignment } from '../../values/assignment.js'
import { parseDuration } from '../../values/duration.js'
import { contextFor } from '../context/context-settings.js'
import { readDocument, stackKinds } from './kinds.js'

const group = 'Stack'

export const fileOption: OptionDeclaration = {
  name: 'file',
  short: 'f',
  value: 'FILE',
  description: 'the stack file, YAML or JSON; "-" reads standard input',
  default: 'stack.yaml',
  group,
  completion: { of: 'file' },
  env: ['OCCI_STACK_FILE'],
}

export const stateOption: OptionDeclaration = {
  name: 'state',
  value: 'FILE',
  description: 'the state file; default: .NAME.occi-state.json beside the stack file',
  group,
  completion: { of: 'file' },
  env: ['OCCI_STACK_STATE'],
}

export const lockOption: OptionDeclaration = {
  name: 'lock-timeout',
  value: 'DURATION',
  description: 'how long to wait for another command that changes the same stack',
  default: '10s',
  group,
  env: 'none',
}

export const variableOptions: readonly OptionDeclaration[] = [
  {
    name: 'var',
    value: 'NAME=VALUE',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what a stack file has.
    description: 'the value of ${var.NAME} in the file',
    repeatable: true,
    group,
    env: 'none',
  },
  {
    name: 'var-file',
    value: 'FILE',
    description:
      'file with values of variables, one "name: value" per line (YAML or JSON); --var takes precedence',
    repeatable: true,
    group,
    completion: { of: 'file' },
    env: 'none',
  },
]

export const replaceOption: OptionDeclaration = {
  name: 'replace',
  value: 'RESOURCE',
  description:
    'delete and create this resource again, even if nothing differs or the provider cannot change it',
  repeatable: true,
  group,
  env: 'none',
}

/**
 * The resources of --replace. Throws UsageError for one that is not in the file, and for one with `existing: true`,
 * which is never deleted.
 */
export function resourcesToReplace({ options }: CommandContext, stack: Stack): ReadonlySet<string> {
  const { resources, file } = stack
  const names = options.all('replace')
  const knownNames = new Set([...resources.keys(), ...instancesOf(stack).map(({ address }) => address)])
  const existing = names.find((name) => resources.get(resourceOf(name))?.existing === true)
  if (existing !== undefined) {
    throw new UsageError(
      `--replace: ${existing} has "existing: true" in the file, so it cannot be replaced`,
      {
        hint: 'Such a resource is looked up, and never changed or deleted.',
        at: '--replace',
      },
    )
  }
  const unknown = names.find((name) => !knownNames.has(name))
  if (unknown === undefined) return new Set(names)
  const similar = suggest(unknown, knownNames)
  throw new UsageError(`--replace: ${file} has no resource "${unknown}"`, {
    at: '--replace',
    hint:
      similar.length > 0
        ? `Did you mean ${alternatives(similar)}?`
        : `Resources: ${[...resources.keys()].join(', ')}.`,
  })
}

/** The command line of `occi stack VERB` for the same stack file. */
export function stackCommand({ options }: CommandContext, verb: string): string {
  const file = options.text('file') ?? 'stack.yaml'
  return `occi stack ${verb}${file === 'stack.yaml' ? '' : ` -f ${shellWord(file)}`}`
}

/** A stack that is open until `close`. */
interface OpenStack {
  readonly stack: Stack
  readonly stateFile: string
  readonly environment: StackEnvironment
  /** Milliseconds to wait for another command that changes the stack. */
  readonly lockTimeout: number
  close(): Promise<void>
}

/** Options of withStack. */
interface OpenOptions {
  /** Whether each variable in the file must have a value. */
  readonly variables: 'required' | 'optional'
  /** The stack file and the option that names it. Default: --file. */
  readonly file?: { readonly option: string; readonly path: string }
}

/**
 * Runs `work` with the stack that the command's file describes, and closes the connections. Throws UsageError, and
 * ConfigError with positions in the file.
 */
export async function withStack<T>(
  context: CommandContext,
  options: OpenOptions,
  work: (openedStack: OpenStack) => Promise<T>,
): Promise<T> {
  const openedStack = await openStack(context, options)
  try {
    return await work(openedStack)
  } finally {
    await openedStack.close()
  }
}

/** Like withStack, but also reads the state file and the resources at the providers. Nothing is changed. */
export function withObservedStack<T>(
  context: CommandContext,
  options: OpenOptions,
  work: (stack: Stack, observed: Awaited<ReturnType<typeof observe>>) => T,
): Promise<T> {
  return withStack(context, options, async ({ stack, stateFile, environment }) => {
    context.progress.show('Looking for existing resources')
    const records = await readState(stateFile, stack.name)
    return work(stack, await observe(stack, records, environment))
  })
}

async function openStack(
  context: CommandContext,
  {
    variables: requirement,
    file: source = { option: '--file', path: context.options.text('file') ?? 'stack.yaml' },
  }: OpenOptions,
): Promise<OpenStack> {
  const { options, runtime } = context
  const { path } = source
  const lockTimeout = options.has('lock-timeout')
    ? parseDuration(options.text('lock-timeout') ?? '10s', '--lock-timeout')
    : 0
  const file = path === '-' ? 'standard input' : path
  const folder = path === '-' ? runtime.resolvePath('.') : dirname(runtime.resolvePath(path))
  const text = await readStackFile(context, source)
  const variables = options.has('var') ? await variablesOf(context) : new Map<string, string>()
  const values = { environment: runtime.environment, variables }
  const sites = new StackSites(context)
  const kinds = stackKinds((drafting) => sites.contextOf(drafting), folder)
  const stack = await readStack(text, {
    file,
    kinds,
    ...(requirement === 'required'
      ? { values, document: (name) => readDocument(context, folder, name) }
      : {}),
  })
  sites.defaultContext = stack.site
  const stateOptionText = options.has('state') ? options.text('state') : undefined
  return {
    stack,
    stateFile:
      stateOptionText === undefined
        ? join(folder, stateFileName(stack.name))
        : runtime.resolvePath(stateOptionText),
    environment: { client: (site) => sites.client(site), values, signal: context.signal },
    lockTimeout,
    close: () => sites.close(),
  }
}

async function readStackFile(
  context: CommandContext,
  { option, path }: NonNullable<OpenOptions['file']>,
): Promise<string> {
  if (path === '-') return (await context.stdin(`${option} -`, purposes.stack)).toString('utf8')
  try {
    return (await context.runtime.readFile(context.runtime.resolvePath(path), purposes.stack)).toString(
      'utf8',
    )
  } catch (cause) {
    throw new UsageError(`${option}: ${path} cannot be read: ${unreadableReason(cause)}`, {
      hint: `Use ${option} FILE; "occi stack init" writes a new one.`,
      at: option,
      cause,
    })
  }
}

/** The variables of --var-file and --var. Throws UsageError and ConfigError. */
async function variablesOf(context: CommandContext): Promise<ReadonlyMap<string, string>> {
  const variables = new Map<string, string>()
  for (const file of context.options.all('var-file')) {
    const { parseYaml } = await import('../../../config/index.js')
    let text: string
    try {
      text = (await context.runtime.readFile(context.runtime.resolvePath(file), purposes.stack)).toString(
        'utf8',
      )
    } catch (cause) {
      throw new UsageError(`--var-file: ${file} cannot be read: ${unreadableReason(cause)}`, {
        at: '--var-file',
        cause,
      })
    }
    const data = (await parseYaml(basename(file), text)) ?? {}
    if (typeof data !== 'object' || Array.isArray(data)) {
      throw new ConfigError(`${file} must contain variables, one "name: value" per line.`, {
        at: '--var-file',
      })
    }
    for (const [name, value] of Object.entries(data)) {
      if (value !== null && typeof value === 'object') {
        throw new ConfigError(`${file}: ${name} must be a single value.`, { at: '--var-file' })
      }
      if (value !== null) variables.set(name, String(value))
    }
  }
  for (const text of context.options.all('var')) {
    const assignment = parseAssignment(text, '--var')
    variables.set(assignment.name, 'text' in assignment ? assignment.text : String(assignment.value))
  }
  return variables
}

/** The clients of a stack, one for each context. */
class StackSites {
  /** The context of the file; --context and --endpoint take precedence. */
  defaultContext: string | undefined
  private readonly context: CommandContext
  private readonly connections = new Map<string, Promise<Connection>>()
  private readonly contexts = new Map<Client, CommandContext>()

  constructor(context: CommandContext) {
    this.context = context
  }

  /** The client for a resource. `site` is the context of the resource; empty if it names none. */
  async client(site: string): Promise<Client> {
    const { options } = this.context
    const isOverridden = options.commandLine().has('context') || options.commandLine().has('endpoint')
    const name = site === '' && !isOverridden ? (this.defaultContext ?? '') : site
    if (name === '') return this.context.client()
    const connection = this.connections.get(name) ?? this.open(name)
    this.connections.set(name, connection)
    return (await connection).client
  }

  private async open(name: string): Promise<Connection> {
    const context = await contextFor(this.context, { context: name })
    const connection = await this.context.connect(context)
    this.contexts.set(connection.client, context)
    return connection
  }

  /** The command context that belongs to the client. */
  contextOf({ client }: Drafting): CommandContext {
    return this.contexts.get(client) ?? this.context
  }

  async close(): Promise<void> {
    for (const connection of this.connections.values()) {
      const opened = await connection.catch(() => undefined)
      await opened?.close()
    }
  }
}
