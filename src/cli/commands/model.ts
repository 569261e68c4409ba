/** `occi model`: lists what the provider offers. */
import type { Category } from '../../model/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import { categoryColumns, categoryRecord, describeCategoryColumns } from '../records/category.js'
import { modelDiff } from './model-diff.js'

function listCommand(
  verb: string,
  summary: string,
  includes: (category: Category) => boolean,
): CommandDeclaration {
  return {
    path: ['model', verb],
    summary,
    arguments: [],
    options: [filterOption, refreshOption],
    examples: [
      { title: summary, command: verb === 'list' ? 'occi model' : `occi model ${verb}` },
      { title: 'As JSON, with all attributes', command: `occi model ${verb} -o json` },
      {
        title: 'How occi communicates with the provider',
        command: verb === 'list' ? 'occi model -v' : `occi model ${verb} -v`,
      },
    ],
    atSites: 'reads',
    run: async (context) => {
      const categories = await categoriesOf(context)
      await printProviderReport(context)
      return {
        shape: 'list',
        records: categories.filter(includes).map(categoryRecord),
        columns: categoryColumns,
        empty: 'The provider offers no such category.',
      }
    },
  }
}

/** With -v, prints how the client communicates with this provider, and why. */
async function printProviderReport(context: CommandContext): Promise<void> {
  if (!context.options.isSet('verbose')) return
  const report = await (await context.client()).provider()
  const lines = [
    `provider: ${report.title} (--provider ${report.name}), recognised by ${report.recognisedBy}`,
    `query interface: ${report.queryUrl}; reads ${report.read}, writes ${report.write}`,
    `server: ${report.server ?? 'unknown'}; OCCI ${report.versions.join(', ') || 'version unknown'}`,
    ...report.quirks.map(({ name, why }) => `quirk ${name}: ${why}`),
  ]
  for (const line of lines) await context.warn(line)
}

const filterOption = {
  name: 'filter',
  value: 'CATEGORY',
  description: 'only this category and those related to it, as the provider decides',
  repeatable: true,
  completion: { of: 'category' },
  env: 'none',
} as const

const refreshOption = {
  name: 'refresh',
  description: 'request the model from the provider, even if it is cached',
  env: 'none',
} as const

const describe: CommandDeclaration = {
  path: ['model', 'describe'],
  summary: 'Show details of a kind, mixin or action',
  arguments: [{ name: 'TERM', description: 'term, title or identifier', completion: { of: 'category' } }],
  options: [refreshOption],
  examples: [
    { title: 'Which attributes a machine has', command: 'occi model describe compute' },
    { title: 'Which parameters an action has', command: 'occi model describe stop' },
  ],
  atSites: 'reads',
  run: async (context) => {
    const definition = (await modelOf(context)).resolve(context.word('TERM') ?? '')
    return { shape: 'one', records: [categoryRecord(definition)], columns: describeCategoryColumns }
  },
}

export const model: CommandGroup = {
  name: 'model',
  summary: "The provider's model: kinds, mixins and actions with their attributes",
  fallback: 'list',
  commands: [
    listCommand('list', 'List everything the provider offers', () => true),
    listCommand('kinds', 'List kinds', (category) => category.class === 'kind'),
    listCommand('mixins', 'List mixins', (category) => category.class === 'mixin'),
    listCommand('actions', 'List actions', (category) => category.class === 'action'),
    describe,
    modelDiff,
  ],
}

/**
 * Lists the categories that match --filter. The provider applies it if it can (GFD.223 §5.2.1), otherwise the client.
 */
async function categoriesOf(context: CommandContext): Promise<readonly Category[]> {
  const model = await modelOf(context)
  const filter = context.options.all('filter').map((name) => model.resolve(name).id)
  if (filter.length === 0) return model.categories
  return (await context.client()).discover({ filter, signal: context.signal })
}

async function modelOf(context: CommandContext) {
  context.declareOutputSource('model')
  const client = await context.client()
  return client.model({ signal: context.signal, refresh: context.options.isSet('refresh') })
}
