/** Asks on a terminal for the input of `occi compute create`, `storage create` and `link create`. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '../../../client/index.js'
import {
  COMPUTE,
  type Mixin,
  NETWORK,
  readableName,
  STORAGE,
  type TypeId,
  termOf,
} from '../../../model/index.js'
import type { CommandContext } from '../../context.js'
import { lastSegment } from '../../records/entity.js'
import type { Answers } from '../base/answers.js'

const withoutPrompt = 'Use options on the command line; --help lists them.'

export async function askForCompute(context: CommandContext): Promise<Answers> {
  const { prompts, runtime } = context
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const options = new Map<string, readonly string[]>()
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') options.set(name, [value])
  }
  set('os', await chooseMixin(context, 'Image', model.templates('os_tpl')))
  set('size', await chooseMixin(context, 'Size', model.templates('resource_tpl')))
  set('network', await chooseResource(context, client, 'Network', [NETWORK], "the provider's default"))
  const { contextMixins } = await import('../../../client/index.js')
  if (contextMixins(model).sshKey !== undefined) set('ssh-key', await chooseKey(context, runtime.home))
  const name = (await prompts.text({ message: 'Name', withoutPrompt })).trim()
  const count = (await prompts.text({ message: 'How many', withoutPrompt }, '1')).trim()
  if (count !== '1') set('count', count)
  return { words: { NAME: name }, options }
}

export async function askForStorage({ prompts }: CommandContext): Promise<Answers> {
  const name = (await prompts.text({ message: 'Name', withoutPrompt })).trim()
  const size = (await prompts.text({ message: 'Size: 10 (GiB), 10G, 500M', withoutPrompt }, '10')).trim()
  return { words: { NAME: name }, options: new Map(size === '' ? [] : [['size', [size]]]) }
}

export async function askForLink(context: CommandContext): Promise<Answers> {
  const client = await context.client()
  const source = (await chooseResource(context, client, 'Which machine', [COMPUTE])) ?? ''
  const target = (await chooseResource(context, client, 'Linked with', [NETWORK, STORAGE])) ?? ''
  return { words: { SOURCE: source, TARGET: target }, options: new Map() }
}

function chooseMixin(
  { prompts }: CommandContext,
  message: string,
  mixins: readonly Mixin[],
): Promise<string | undefined> {
  if (mixins.length === 0) return Promise.resolve(undefined)
  return prompts.search(
    { message, withoutPrompt },
    mixins.map((mixin) => ({
      value: mixin.term,
      label: mixin.title ?? readableName(mixin),
      hint: hintOf(mixin),
    })),
  )
}

/** The term, which scripts use, with the cores, memory and price among the mixin's default values. */
function hintOf({ term, title, attributes }: Mixin): string {
  const details = [...attributes].flatMap(([name, definition]) => {
    const value = definition.default
    if (value === undefined) return []
    if (name === 'occi.compute.cores') return [`${String(value)} ${value === 1 ? 'core' : 'cores'}`]
    if (name === 'occi.compute.memory') return [`${String(value)} GiB`]
    return /price|cost/i.test(name) ? [`${name.slice(name.lastIndexOf('.') + 1)} ${String(value)}`] : []
  })
  return [...(title === undefined || title === term ? [] : [term]), ...details].join(', ')
}

/** Lets the user choose a resource. `noneLabel` adds a choice without a resource; otherwise one must be chosen. */
async function chooseResource(
  { prompts, signal }: CommandContext,
  client: Client,
  message: string,
  kinds: readonly TypeId[],
  noneLabel?: string,
): Promise<string | undefined> {
  const choices: { value: string | undefined; label: string; hint?: string }[] =
    noneLabel === undefined ? [] : [{ value: undefined, label: noneLabel }]
  const countByLabel = new Map<string, number>()
  for (const kind of kinds) {
    for await (const { title, location } of client.list(kind, { signal })) {
      const id = lastSegment(location) ?? ''
      const label = title ?? id
      countByLabel.set(label, (countByLabel.get(label) ?? 0) + 1)
      choices.push({ value: id, label, hint: `${termOf(kind)} ${id}` })
    }
  }
  // A unique title replaces the id, since the equivalent command is then easier to read.
  const choicesByTitle = choices.map((choice) =>
    choice.value !== undefined && countByLabel.get(choice.label) === 1
      ? { ...choice, value: choice.label }
      : choice,
  )
  if (choicesByTitle.length === 0) return undefined
  return prompts.search({ message, withoutPrompt }, choicesByTitle)
}

async function chooseKey({ prompts }: CommandContext, home: string): Promise<string | undefined> {
  const folder = join(home, '.ssh')
  let files: string[] = []
  try {
    files = readdirSync(folder).filter((name) => name.endsWith('.pub'))
  } catch {
    // Without the folder there are no keys to choose from.
  }
  if (files.length === 0) return undefined
  return prompts.search({ message: 'Key to log in with', withoutPrompt }, [
    ...files.sort().map((name) => ({ value: join(folder, name), label: `~/.ssh/${name}` })),
    { value: undefined, label: 'none' },
  ])
}
