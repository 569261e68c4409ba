/** Adds, changes and removes contexts. */
import { groupSetting, groupSettingFrom, indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import type { Output } from '../../output/types.js'
import { contextRecord, showColumns } from './record.js'
import { settingsInOptions } from './setting-options.js'

const contextName = {
  name: 'NAME',
  description: 'name of a context',
  completion: { of: 'context' },
} as const

const groupOption = {
  name: 'group',
  value: 'A,B',
  description: 'the groups of the context: --context @eu queries all contexts of the group "eu"',
  completion: { of: 'group' },
  env: 'none',
} as const

export const add: CommandDeclaration = {
  path: ['context', 'add'],
  summary: 'Store an endpoint and its login under a name',
  description:
    'All options for connection, authentication and output in the command are stored, in a file that only you can read. Settings from the environment are not stored. Paths of files are stored as absolute paths. Use --password-stdin for a password. The first context that you add becomes the one in use.',
  arguments: [{ name: 'NAME', description: 'name for the new context' }],
  options: [
    { name: 'use', description: 'make it the context in use', env: 'none' },
    { name: 'replace', description: 'replace an existing context of this name', env: 'none' },
    groupOption,
  ],
  examples: [
    {
      title: 'Add a provider with user name and password',
      command:
        'occi context add cesnet --endpoint https://cloud.example.org:11443 --auth basic --username ada --password-stdin < password.txt',
    },
    {
      title: 'Add an OpenStack cloud with Keystone',
      command:
        'occi context add openstack --endpoint https://cloud.example.org:8787/occi1.1 --auth keystone --auth-url https://cloud.example.org:5000/v3 --username ada --project demo',
    },
    { title: 'Add the practice cloud', command: 'occi context add practice --endpoint sandbox: --use' },
  ],
  contextless: true,
  run: async (context) => {
    const name = context.word('NAME') ?? ''
    const settings = {
      ...(await settingsInOptions(context, ['use', 'replace', 'group'])),
      ...groupsInOptions(context),
    }
    if (!['endpoint', 'auth-url', 'os-cloud'].some((required) => settings[required] !== undefined)) {
      throw new UsageError('A context requires an endpoint', {
        hint: "Use --endpoint URL; or --auth-url or --os-cloud, if Keystone's catalogue lists the endpoint.",
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
        : `Added "${name}". To use it: --context ${name}, or occi context use ${name}`,
    )
    return contextOutput(context, name)
  },
}

export const set: CommandDeclaration = {
  path: ['context', 'set'],
  summary: 'Change settings of a context',
  arguments: [contextName],
  options: [
    {
      name: 'unset',
      value: 'SETTING',
      description: 'remove a setting, by the name of its option: password',
      repeatable: true,
      env: 'none',
    },
    groupOption,
  ],
  examples: [
    {
      title: 'Change the endpoint',
      command: 'occi context set cesnet --endpoint https://new.example.org:11443',
    },
    { title: 'Remove the password', command: 'occi context set cesnet --unset password' },
    { title: 'Add it to groups', command: 'occi context set cesnet --group eu,gpu' },
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
    const newSettings = {
      ...(await settingsInOptions(context, ['unset', 'group'])),
      ...groupsInOptions(context),
    }
    if (unset.length === 0 && Object.keys(newSettings).length === 0) {
      throw new UsageError('There is nothing to change', {
        hint: 'Use options to store, for example --endpoint URL, or --unset SETTING.',
      })
    }
    const unsetSettings = Object.fromEntries(unset.map((setting) => [setting, undefined]))
    await contexts.set(name, { ...unsetSettings, ...newSettings })
    context.inform(`Changed "${name}".`)
    return contextOutput(context, name)
  },
}

export const use: CommandDeclaration = {
  path: ['context', 'use'],
  summary: 'Make a context the one in use, in every terminal',
  description: 'For a single command use --context NAME, for a shell the variable OCCI_CONTEXT.',
  arguments: [{ ...contextName, required: false, description: 'name of a context; default: asks for one' }],
  options: [],
  examples: [
    { title: 'Change the context in use', command: 'occi context use cesnet' },
    { title: 'Use a context for one command', command: 'occi compute list --context cesnet' },
  ],
  contextless: true,
  run: async (context) => {
    const contexts = context.runtime.contexts(await allDefinitions())
    const name = context.word('NAME') ?? (await askForContext(context))
    await contexts.use(name)
    context.inform(`Using "${name}".`)
    const fromEnvironment = context.runtime.environment('OCCI_CONTEXT')
    if (fromEnvironment !== undefined && fromEnvironment !== '' && fromEnvironment !== name) {
      await context.warn(`OCCI_CONTEXT is set to ${fromEnvironment} in this shell and takes precedence`)
    }
    return contextOutput(context, name)
  },
}

export const rename: CommandDeclaration = {
  path: ['context', 'rename'],
  summary: 'Rename a context',
  arguments: [
    { name: 'OLD', description: 'the current name', completion: { of: 'context' } },
    { name: 'NEW', description: 'the new name' },
  ],
  options: [],
  examples: [
    { title: 'Rename a context', command: 'occi context rename cesnet production' },
    { title: 'List the contexts', command: 'occi context list' },
  ],
  contextless: true,
  run: async (context) => {
    const name = context.word('NEW') ?? ''
    await context.runtime.contexts(await allDefinitions()).rename(context.word('OLD') ?? '', name)
    return contextOutput(context, name)
  },
}

export const remove: CommandDeclaration = {
  path: ['context', 'remove'],
  summary: 'Remove contexts with all their settings',
  arguments: [{ ...contextName, variadic: true }],
  options: [],
  examples: [
    { title: 'Remove one', command: 'occi context remove practice' },
    { title: 'Remove several', command: 'occi context remove practice cesnet' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const contexts = context.runtime.contexts(definitions)
    const { current } = await contexts.read()
    // All contexts are looked up first, so that a misspelled name changes nothing.
    const removed = await Promise.all(context.words('NAME').map((name) => contexts.get(name)))
    for (const { name } of removed) await contexts.remove(name)
    if (removed.some(({ name }) => name === current)) {
      context.inform('No context is in use now. To choose one: occi context use NAME')
    }
    const index = indexDefinitions(definitions)
    return {
      shape: 'lines',
      records: removed.map((each) => contextRecord(each, undefined, index)),
      columns: showColumns,
      terminalFormat: 'name',
      pipeFormat: 'name',
    }
  },
}

/** The setting that stores --group; empty without the option. Throws ConfigError for an invalid name. */
function groupsInOptions({ options }: Invocation): Readonly<Record<string, string>> {
  const text = options.text('group')
  return text === undefined ? {} : { [groupSetting]: groupSettingFrom(text) }
}

/** The output for one context: its name, unless a format was requested. */
async function contextOutput(context: Surroundings, name: string): Promise<Output> {
  const definitions = await allDefinitions()
  const contexts = context.runtime.contexts(definitions)
  const [storedContext, { current }] = await Promise.all([contexts.get(name), contexts.read()])
  return {
    shape: 'one',
    records: [contextRecord(storedContext, current, indexDefinitions(definitions))],
    columns: showColumns,
    terminalFormat: 'name',
    pipeFormat: 'name',
  }
}

/** Asks which context to use. Throws UsageError if there are none. */
async function askForContext(context: CommandContext): Promise<string> {
  const { contexts, current } = await context.runtime.contexts(await allDefinitions()).read()
  if (contexts.length === 0) {
    throw new UsageError('No context has been added yet', {
      hint: 'Run: occi context add NAME --endpoint URL',
    })
  }
  return context.prompts.select(
    { message: 'Which context?', withoutPrompt: `One of: ${contexts.map(({ name }) => name).join(', ')}.` },
    contexts.map(({ name, settings }) => ({
      value: name,
      label: name === current ? `${name} (in use)` : name,
      hint: settings['endpoint'] ?? settings['auth-url'] ?? '',
    })),
  )
}
