/** Lists and describes contexts. */
import { contextsOfGroup, indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import { contextArgument } from './context-settings.js'
import { contextRecord, listColumnsFor, showColumns } from './record.js'

export const list: CommandDeclaration = {
  path: ['context', 'list'],
  summary: 'List contexts; a star marks the one in use',
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
    { title: 'List all contexts', command: 'occi context list' },
    { title: 'List those that --context @eu selects', command: 'occi context list --group eu' },
    { title: 'Print names for a script', command: 'occi context list -o name' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const { contexts: allContexts, current } = await context.runtime.contexts(definitions).read()
    const group = context.options.text('group')?.replace(/^@/, '')
    const contexts = group === undefined ? allContexts : contextsOfGroup(group, allContexts, '--group')
    const inUse = contextInUse(context, current)
    const index = indexDefinitions(definitions)
    return {
      shape: 'list',
      records: contexts.map((each) => contextRecord(each, inUse, index)),
      columns: listColumnsFor(allContexts),
      empty: 'No contexts. Add one: occi context add NAME --endpoint URL',
    }
  },
}

export const show: CommandDeclaration = {
  path: ['context', 'show'],
  summary: 'Show the settings of a context, with secrets masked',
  arguments: [contextArgument],
  options: [],
  examples: [
    { title: 'Show the one in use', command: 'occi context show' },
    { title: 'Print only the endpoint', command: 'occi context show cesnet -o url' },
  ],
  contextless: true,
  run: async (context) => {
    const definitions = await allDefinitions()
    const contexts = context.runtime.contexts(definitions)
    const { current } = await contexts.read()
    const name = context.word('NAME') ?? context.options.text('context') ?? current
    if (name === undefined) {
      throw new UsageError('No context is in use', {
        hint: 'Run: occi context use NAME ("occi context list" lists the contexts)',
      })
    }
    return {
      shape: 'one',
      records: [
        contextRecord(
          await contexts.get(name),
          contextInUse(context, current),
          indexDefinitions(definitions),
        ),
      ],
      columns: showColumns,
    }
  },
}

/** The context that commands use: that of OCCI_CONTEXT, or else that of `occi context use`. */
function contextInUse({ runtime }: CommandContext, current: string | undefined): string | undefined {
  return runtime.environment('OCCI_CONTEXT') || current
}
