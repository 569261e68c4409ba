/** `occi NOUN list`, for any kind. */
import { omitUndefined } from '../../../basics/objects.js'
import type { Client, Filter, ListOptions } from '../../../client/index.js'
import { type Attributes, type Entity, type TypeId, typeId } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation } from '../../context.js'
import { findFormat } from '../../output/index.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { withWideColumns } from '../../records/columns.js'
import { entityRecord } from '../../records/entity.js'
import { lazyLocationRecords } from '../../records/location-records.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { hasOutputOptions } from './change-output.js'
import { attributeOption, mixinOption } from './draft.js'
import { mixinNamed } from './mixin.js'
import type { Noun } from './noun.js'
import { readableItems } from './readable.js'
import { loadOrWatch, watchOption } from './watch.js'
import { hasWhere, whereFilter, whereOption } from './where-filter.js'

const group = 'Filters'

export function listCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'list'],
    summary: `List ${noun.many}`,
    arguments: [],
    options: [
      { ...mixinOption, description: 'only those with this mixin: an image, a size or a tag', group },
      { ...attributeOption(noun.kind), description: 'only those with this attribute', group },
      { ...whereOption(noun.kind, noun.many), group },
      watchOption,
    ],
    examples: [
      { title: `List all ${noun.many}`, command: `occi ${noun.name} list` },
      { title: 'As JSON, for jq and scripts', command: `occi ${noun.name} list -o json` },
      { title: 'Repeat it, and show changes', command: `occi ${noun.name} list --watch` },
      { title: 'Only the names, one per line', command: `occi ${noun.name} list -o name` },
    ],
    atSites: 'reads',
    run: (context) => loadOrWatch(context, (inner) => list(noun, inner)),
  }
}

async function list(noun: Noun, context: CommandContext): Promise<Output> {
  const client = await context.client()
  const filter = await filterOf(noun, context)
  const options: ListOptions = { signal: context.signal, ...omitUndefined({ filter }) }
  const isFiltered = hasWhere(context)
  const matches = isFiltered ? await whereFilter(context, client, noun.kind) : () => true
  return {
    shape: 'list',
    records:
      needsLocationsOnly(context) && !isFiltered
        ? lazyLocationRecords(readableItems(context, client.locations(noun.kind, options).batches()))
        : matchingRecords(readableItems(context, client.list(noun.kind, options)), matches),
    columns: await columnsOf(noun, client),
    empty:
      isFiltered || filter !== undefined
        ? `None of the ${noun.many} matches.`
        : `There are no ${noun.many}.\nNext: ${createExample(noun)}`,
  }
}

function createExample({ name, createExamples: [example] }: Noun): string {
  return example?.command ?? `occi ${name} create --help`
}

async function columnsOf({ columns, wideColumns }: Noun, client: Client): Promise<readonly Column[]> {
  return wideColumns === undefined ? columns : withWideColumns(columns, wideColumns(await client.model()))
}

/** Whether the output needs only locations, which providers send in the shortest response. */
function needsLocationsOnly(context: Invocation): boolean {
  const format = context.settings.get('output')
  return format !== undefined && findFormat(format).needs === 'locations' && !hasOutputOptions(context)
}

async function* matchingRecords(
  entities: AsyncIterable<Entity>,
  matches: (entity: Entity) => boolean,
): AsyncGenerator<OutputRecord> {
  for await (const entity of entities) if (matches(entity)) yield entityRecord(entity)
}

async function filterOf(noun: Noun, context: CommandContext): Promise<Filter | undefined> {
  const mixins = context.options.all('mixin')
  const assignments = context.options.all('attribute').map((text) => parseAssignment(text))
  if (mixins.length === 0 && assignments.length === 0) return undefined
  const model = await (await context.client()).model({ signal: context.signal })
  const categories: TypeId[] = []
  for (const word of mixins) categories.push((await mixinNamed(model, word, '--mixin')).id)
  const kind = model.kind(noun.kind)?.id ?? typeId(noun.kind, '')
  const attributes: Attributes = toAttributes(assignments, model.attributesOf(kind, categories))
  return { categories, attributes }
}
