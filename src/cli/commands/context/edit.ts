/** Adds, changes and removes contexts. */
import { groupSetting, groupsFrom, indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import type { Output } from '../../output/types.js'
import { contextRecord, showColumns } from './record.js'
import { settingsGiven } from './setting-options.js'

const existing = {
  name: 'NAME',
  description: 'name of a context',
  completion: { of: 'context' },
} as const

const groupOption = {
  name: 'group',
  value: 'A,B',
  description: 'groups that it belongs to: --context @eu asks all contexts of the group "eu"',
  completion: { of: 'group' },
  env: 'none',
} as const

export const add: CommandDeclaration = {
  path: ['context', 'add'],
  summary: 'Keep an endpoint and how to log in there under a name',
  description:
    'Every option of connection, authentication and output in the command is kept, in a file that only you can read. Settings from the environment are not kept. The path of a file is kept as an absolute one. A password is best given by --password-stdin. The first context added is the one in use.',
  arguments: [{ name: 'NAME', description: 'name for the new context' }],
  options: [
    { name: 'use', description: 'use it from now on', env: 'none' },
    { name: 'replace', description: 'replace a context of this name', env: 'none' },
    groupOption,
  ],
  examples: [
    {
      title: 'A provider with user name and password',
      command:
        'occi context add cesnet --endpoint https://cloud.example.org:11443 --auth basic --username ada --password-stdin < password.txt',
    },
    {
      title: 'OpenStack by Keystone',
      command:
        'occi context add openstack --endpoint https://cloud.example.org:8787/occi1.1 --auth keystone --auth-url https://cloud.example.org:5000/v3 --username ada --project demo',
    },
    { title: 'The practice cloud', command: 'occi context add practice --endpoint sandbox: --use' },
  ],
  contextless: true,
  run: async (context) => {
    const name = context.word('NAME') ?? ''
    const settings = {
      ...(await settingsGiven(context, ['use', 'replace', 'group'])),
      ...groupsGiven(context),
    }
    if (!['endpoint', 'auth-url', 'os-cloud'].some((needed) => settings[needed] !== undefined)) {
      throw new UsageError('A context needs to know where the cloud is', {
        hint: 'Give --endpoint URL (or --auth-url, or --os-cloud, where Keystone knows the endpoint).',
        at: '--endpoint',
      })
    }
    const contexts = context.runtime.contexts(await allDefinitions())
    if (context.options.isSet('replace')) await contexts.remove(name).catch(() => {})
    await contexts.add({ name, settings })
    if (context.options.isSet('use')) await contexts.use(name)
    const { current } = await contexts.read()
    context.inform(
      current === name
        ? `Added "${name}"; it is the context in use.`
        : `Added "${name}". Use it: --context ${name}, or occi context use ${name}`,
    )
    return shown(context, name)
  },
}

export const set: CommandDeclaration = {
  path: ['context', 'set'],
  summary: 'Change settings of a context',
  arguments: [existing],
  options: [
    {
      name: 'unset',
      value: 'SETTING',
      description: 'forget a setting, by the name of its option: password',
      repeatable: true,
      env: 'none',
    },
    groupOption,
  ],
  examples: [
    {
      title: 'Another endpoint',
      command: 'occi context set cesnet --endpoint https://new.example.org:11443',
    },
    { title: 'Forget the password', command: 'occi context set cesnet --unset password' },
    { title: 'Ask it together with others', command: 'occi context set cesnet --group eu,gpu' },
  ],
  contextless: true,
  run: async (context) => {
    const name = context.word('NAME') ?? ''
    const contexts = context.runtime.contexts(await allDefinitions())
    const { settings } = await contexts.get(name)
    const unset = context.options.all('unset').map((text) => text.replace(/^--/, ''))
    const unknown = unset.find((setting) => !Object.hasOwn(settings, setting))
    if (unknown !== undefined) {
      throw new UsageError(`--unset ${unknown}: the context "${name}" has no such setting`, {
        hint: `It has: ${Object.keys(settings).join(', ')}.`,
        at: '--unset',
      })
    }
    const given = { ...(await settingsGiven(context, ['unset', 'group'])), ...groupsGiven(context) }
    if (unset.length === 0 && Object.keys(given).length === 0) {
      throw new UsageError('There is nothing to change', {
        hint: 'Give options to keep, e.g. --endpoint URL, or --unset SETTING.',
      })
    }
    await contexts.set(name, { ...Object.fromEntries(unset.map((it) => [it, undefined])), ...given })
    context.inform(`Changed "${name}".`)
    return shown(context, name)
  },
}

export const use: CommandDeclaration = {
  path: ['context', 'use'],
  summary: 'Use a context from now on, in every terminal',
  description: 'For one command there is --context NAME, for one shell OCCI_CONTEXT.',
  arguments: [{ ...existing, required: false, description: 'name of a context; asked for when left out' }],
  options: [],
  examples: [
    { title: 'From now on', command: 'occi context use cesnet' },
    { title: 'For one command only', command: 'occi compute list --context cesnet' },
  ],
  contextless: true,
  run: async (context) => {
    const contexts = context.runtime.contexts(await allDefinitions())
    const name = context.word('NAME') ?? (await chosen(context))
    await contexts.use(name)
    context.inform(`Using "${name}".`)
    const overruled = context.runtime.environment('OCCI_CONTEXT')
    if (overruled !== undefined && overruled !== '' && overruled !== name) {
      await context.warn(`OCCI_CONTEXT is set to ${overruled} in this shell and takes precedence`)
    }
    return shown(context, name)
  },
}

export const rename: CommandDeclaration = {
  path: ['context', 'rename'],
  summary: 'Give a context another name',
  arguments: [
    { name: 'OLD', description: 'its present name', completion: { of: 'context' } },
    { name: 'NEW', description: 'its new name' },
  ],
  options: [],
  examples: [
    { title: 'By its purpose', command: 'occi context rename cesnet production' },
    { title: 'See the result', command: 'occi context list' },
  ],
  contextless: true,
  run: async (context) => {
    const name = context.word('NEW') ?? ''
    await context.runtime.contexts(await allDefinitions()).rename(context.word('OLD') ?? '', name)
    return shown(context, name)
  },
}

export const remove: CommandDeclaration = {
  path: ['context', 'remove'],
  summary: 'Remove contexts with all their settings',
  arguments: [{ ...existing, variadic: true }],
  options: [],
  examples: [
    { title: 'One that is no longer needed', command: 'occi context remove practice' },
    { title: 'Several, without a question', command: 'occi context remove practice cesnet --yes' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const contexts = context.runtime.contexts(definitions)
    const { current } = await contexts.read()
    // All contexts are looked up first, so that a misspelled name changes nothing.
    const gone = await Promise.all(context.words('NAME').map((name) => contexts.get(name)))
    for (const { name } of gone) await contexts.remove(name)
    if (gone.some(({ name }) => name === current)) {
      context.inform('No context is in use now: occi context use NAME')
    }
    const index = indexDefinitions(definitions)
    return {
      shape: 'lines',
      records: gone.map((it) => contextRecord(it, undefined, index)),
      columns: showColumns,
      terminalFormat: 'name',
      pipeFormat: 'name',
    }
  },
}

/** Throws ConfigError. */
function groupsGiven({ options }: Invocation): Readonly<Record<string, string>> {
  const text = options.text('group')
  return text === undefined ? {} : { [groupSetting]: groupsFrom(text) }
}

async function shown(context: Surroundings, name: string): Promise<Output> {
  const definitions = await allDefinitions()
  const contexts = context.runtime.contexts(definitions)
  const [found, { current }] = await Promise.all([contexts.get(name), contexts.read()])
  return {
    shape: 'one',
    records: [contextRecord(found, current, indexDefinitions(definitions))],
    columns: showColumns,
    terminalFormat: 'name',
    pipeFormat: 'name',
  }
}

async function chosen(context: CommandContext): Promise<string> {
  const { contexts, current } = await context.runtime.contexts(await allDefinitions()).read()
  if (contexts.length === 0) {
    throw new UsageError('No context has been added yet', {
      hint: 'Run: occi context add NAME --endpoint URL',
    })
  }
  return context.prompts.select(
    { message: 'Which context?', alternative: `One of: ${contexts.map(({ name }) => name).join(', ')}.` },
    contexts.map(({ name, settings }) => ({
      value: name,
      label: name === current ? `${name} (in use)` : name,
      hint: settings['endpoint'] ?? settings['auth-url'] ?? '',
    })),
  )
}
