/** Lists and describes contexts. */
import { contextsOfGroup, indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import { allDefinitions } from '../../options/definitions.js'
import { contextArgument } from './context-settings.js'
import { contextRecord, listColumnsFor, showColumns } from './record.js'

export const list: CommandDeclaration = {
  path: ['context', 'list'],
  summary: 'List contexts; the one in use has a star',
  arguments: [],
  options: [
    {
      name: 'group',
      value: 'GROUP',
      description: 'only those of this group',
      completion: { of: 'group' },
      env: 'none',
    },
  ],
  examples: [
    { title: 'All of them', command: 'occi context list' },
    { title: 'Those that --context @eu asks', command: 'occi context list --group eu' },
    { title: 'Names for a script', command: 'occi context list -o name' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const all = await context.runtime.contexts(definitions).read()
    const { current } = all
    const group = context.options.text('group')?.replace(/^@/, '')
    const contexts = group === undefined ? all.contexts : contextsOfGroup(group, all.contexts, '--group')
    const inForce = context.runtime.environment('OCCI_CONTEXT') || current
    const index = indexDefinitions(definitions)
    return {
      shape: 'list',
      records: contexts.map((it) => contextRecord(it, inForce, index)),
      columns: listColumnsFor(all.contexts),
      empty: 'No contexts. Add one: occi context add NAME --endpoint URL',
    }
  },
}

export const show: CommandDeclaration = {
  path: ['context', 'show'],
  summary: 'Show the settings of a context, secrets as stars',
  arguments: [contextArgument],
  options: [],
  examples: [
    { title: 'The one in use', command: 'occi context show' },
    { title: 'Only its endpoint', command: 'occi context show cesnet -o url' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const contexts = context.runtime.contexts(definitions)
    const { current } = await contexts.read()
    const name = context.word('NAME') ?? context.options.text('context') ?? current
    if (name === undefined) {
      throw new UsageError('No context is in use', {
        hint: 'Run: occi context use NAME (occi context list shows them).',
      })
    }
    return {
      shape: 'one',
      records: [contextRecord(await contexts.get(name), current, indexDefinitions(definitions))],
      columns: showColumns,
    }
  },
}
